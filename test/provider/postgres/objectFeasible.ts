import { keyOf, type Facts } from "./objectFacts.js";
import type { DefaultTarget, GranteeList, GrantTarget, WantedServer } from "./objectSequences.js";

/** What a program wants, as far as it can be had: owners and grantees that it declares, on what will be there. */
export function fulfillable({ roles, objects }: WantedServer, facts: Facts): WantedServer {
  const declared = (name: string): boolean => name in roles.users || name in roles.groups;
  const owned = <T extends { readonly owner?: string }>(all: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(
      Object.entries(all).map(([name, { owner, ...rest }]) => [
        name,
        { ...rest, ...(owner !== undefined && declared(owner) ? { owner } : {}) } as T,
      ]),
    );
  const databases = owned(objects.databases);
  const schemas = Object.fromEntries(
    Object.entries(objects.schemas)
      .filter(([database]) => database in databases)
      .map(([database, of]) => [database, owned(of)]),
  );
  const there = (database: string, schema: string | undefined): boolean =>
    database in databases && (schema === undefined || schema === "public" || schema in (schemas[database] ?? {}));
  const heard = <T extends { readonly schema?: string }>({ database, target, to }: GranteeList<T>): GranteeList<T>[] =>
    there(database, target.schema)
      ? [{ database, target, to: to.filter(({ name }) => name === "public" || declared(name)) }]
      : [];
  const grants = objects.grants.flatMap((list) => (named(list, facts) ? heard<GrantTarget>(list) : []));
  const defaults = objects.defaults
    .filter(({ target: { owner } }) => owner === undefined || declared(owner))
    .flatMap((list) => heard<DefaultTarget>(list));
  const groups = Object.entries(roles.groups).map(([name, { members, ...rest }]) => [
    name,
    { ...rest, ...(members && { members: members.filter((member) => declared(member.name)) }) },
  ]);
  return {
    roles: { ...roles, groups: Object.fromEntries(groups) as typeof roles.groups },
    objects: { databases, schemas, grants, defaults },
  };
}

/** Whether the tables of a list are there. */
function named({ database, target: { schema = "", objects } }: GranteeList<GrantTarget>, facts: Facts): boolean {
  return (objects ?? []).every((name) => facts.things.has(keyOf({ kind: "table", database, schema, name })));
}
