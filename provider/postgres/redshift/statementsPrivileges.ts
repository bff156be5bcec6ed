import { itemsOf, type AclItem } from "../acl.js";
import type { Catalog } from "../catalog.js";
import { defaultsOf } from "../databaseCatalog.js";
import type { Builders } from "../dialect.js";
import type { ObjectKind } from "../objectKinds.js";
import type { DefaultTarget, PrivilegeChange } from "../privilegeChanges.js";
import { inChunks, objectChunks } from "../statementsPrivileges.js";
import { holder, isUser, lacks, ownerOf } from "./grantees.js";
import { identifier } from "./quote.js";

/** Redshift's statements for privileges, those of today and those by default. */
export const privilegeBuilders: Pick<Builders, "grant" | "revoke" | "grantDefault" | "revokeDefault"> = {
  grant: {
    looking: (change, { catalog }) =>
      onObjects(change, (privileges, on) =>
        receivers(catalog, change).map((to) => `GRANT ${privileges} ON ${on} TO ${to};`),
      ),
  },
  revoke: {
    looking: (change, { catalog }) => {
      const option = change.option ? "GRANT OPTION FOR " : "";
      const holders = inChunks(change.grantees.map((name) => holder(catalog, name)));
      return onObjects(change, (privileges, on) =>
        holders.map((from) => `REVOKE ${option}${privileges} ON ${on} FROM ${from};`),
      );
    },
  },
  grantDefault: {
    looking: (change, { catalog }) => {
      mustBeAccount(change.as);
      const { target, privileges } = change;
      return receivers(catalog, change).map((to) => grantDefault(catalog, target, privileges, to));
    },
  },
  revokeDefault: {
    looking: (change, { catalog }) => {
      mustBeAccount(change.as);
      const { target, privileges, grantees, option } = change;
      // The guide says how DROP is given by default, and is not sure whether it is taken back by its name.
      if (privileges.includes("DROP")) return grantees.flatMap((name) => takenAsAWhole(catalog, change, name));
      const what = `${option ? "GRANT OPTION FOR " : ""}${privileges.join(", ")}`;
      return inChunks(grantees.map((name) => holder(catalog, name))).map(
        (from) => `${defaultsFor(catalog, target)} REVOKE ${what} ON ${futureOf(target.on)} FROM ${from};`,
      );
    },
  },
};

type Acl = Extract<PrivilegeChange, { kind: "grant" | "revoke" }>;

function onObjects(
  { target, privileges, as }: Acl,
  statements: (privileges: string, on: string) => readonly string[],
): string[] {
  mustBeAccount(as);
  return objectChunks(target, identifier).flatMap(({ on, columns }) => {
    const words = privileges.map((privilege) => (columns === undefined ? privilege : `${privilege} (${columns})`));
    return statements(words.join(", "), on);
  });
}

/** Those who get something. The right to give it on is said behind one user, and is for users alone. */
function receivers(
  catalog: Catalog,
  { grantees, option }: { readonly grantees: readonly string[]; readonly option?: true },
): string[] {
  if (!option) return inChunks(grantees.map((name) => holder(catalog, name)));
  return grantees.map((name) => {
    if (!isUser(catalog, name))
      throw lacks(`a grant option for ${JSON.stringify(name)}: it is for users, and not for groups, roles and PUBLIC`);
    return `${holder(catalog, name)} WITH GRANT OPTION`;
  });
}

function mustBeAccount(as: string | undefined): void {
  if (as !== undefined) throw lacks(`SET ROLE, so that nothing is granted as ${JSON.stringify(as)}`);
}

function defaultsFor(catalog: Catalog, { owner, schema }: DefaultTarget): string {
  const where = schema === "" ? "" : ` IN SCHEMA ${identifier(schema)}`;
  const user = ownerOf(catalog, owner, "default privilege");
  return `ALTER DEFAULT PRIVILEGES FOR USER ${user}${where}`;
}

function grantDefault(catalog: Catalog, target: DefaultTarget, privileges: readonly string[], to: string): string {
  return `${defaultsFor(catalog, target)} GRANT ${privileges.join(", ")} ON ${futureOf(target.on)} TO ${to};`;
}

function futureOf(on: ObjectKind): string {
  const words: Partial<Record<ObjectKind, string>> = {
    table: "TABLES",
    function: "FUNCTIONS",
    procedure: "PROCEDURES",
  };
  return words[on] ?? unknownFuture(on);
}

function unknownFuture(on: ObjectKind): never {
  throw lacks(`default privileges on ${on}s`);
}

/** Takes all that somebody gets by default, and gives again what is to stay, in the same transaction. */
function takenAsAWhole(
  catalog: Catalog,
  { target, privileges, option }: Extract<PrivilegeChange, { kind: "revokeDefault" }>,
  grantee: string,
): string[] {
  const inside = catalog.inside.get(target.database);
  const held =
    inside === undefined ? [] : itemsOf(defaultsOf(catalog, inside, target.owner, target.schema, target.on), grantee);
  const stays = held.flatMap((item): AclItem[] => {
    if (!privileges.includes(item.privilege)) return [item];
    return option ? [{ ...item, grantable: false }] : [];
  });
  const name = holder(catalog, grantee);
  const again = [false, true].flatMap((grantable) => {
    const same = stays.filter((item) => item.grantable === grantable).map(({ privilege }) => privilege);
    return same.length === 0
      ? []
      : [grantDefault(catalog, target, same, `${name}${grantable ? " WITH GRANT OPTION" : ""}`)];
  });
  return [`${defaultsFor(catalog, target)} REVOKE ALL ON ${futureOf(target.on)} FROM ${name};`, ...again];
}
