import {
  DEFAULT_ATTRIBUTES,
  blankCatalog,
  type Catalog,
  type Role,
  type Server,
} from "../../../provider/postgres/catalog.js";

/** What a model knows of its server; a test says what matters to it. */
export function serverFacts(facts: Partial<Server> = {}): Server {
  return {
    version: 180004,
    currentUser: "op",
    sessionUser: "op",
    bootstrapUser: "postgres",
    startedAt: "1",
    database: "app",
    ...facts,
  };
}

/** A role of which nothing was said but this. */
export function plainRole(name: string, values: Partial<Role> = {}): Role {
  return { ...DEFAULT_ATTRIBUTES, comment: undefined, holds: false, ...values, name };
}

/** A model of a server with these roles. */
export function modelWith(...roles: readonly Role[]): Catalog {
  const catalog = { ...blankCatalog(), server: serverFacts() };
  for (const role of roles) catalog.roles.set(role.name, role);
  return catalog;
}
