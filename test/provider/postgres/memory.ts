import fc from "fast-check";
import { RosterError } from "../../../provider/core/errors.js";
import type { Host } from "../../../provider/core/resource.js";
import { sessionFor } from "../../../provider/core/sessions.js";
import type { Session } from "../../../provider/core/system.js";
import {
  DEFAULT_ATTRIBUTES,
  blankCatalog,
  copyCatalog,
  type Attributes,
  type Catalog,
  type Membership,
} from "../../../provider/postgres/catalog.js";
import { applyTo, hasGrantors, type Change } from "../../../provider/postgres/changes.js";
import { writerOf } from "../../../provider/postgres/dialect.js";
import { postgresDialect } from "../../../provider/postgres/postgresDialect.js";
import { postgres } from "../../../provider/postgres/system.js";
import { testHost } from "../host.js";
import { serverFacts } from "./models.js";

/** A server in memory: it refuses what a server refuses, and keeps what was run. */
export class MemoryServer {
  readonly changes: Change[] = [];
  reads = 0;
  constructor(public live: Catalog) {}

  /** What was run, as a plan shows it. */
  get statements(): string[] {
    return this.changes.flatMap((change) => writerOf(postgresDialect, this.live).shown(change));
  }

  /** A host of which the default connection leads here. */
  host(values: Partial<Host> = {}): Host & { readonly warnings: string[] } {
    const warnings: string[] = [];
    const host = testHost({
      options: { maxRemovals: 1000, offline: false },
      environment: { PGHOST: "memory", PGUSER: "op" },
      warn: (text) => void warnings.push(text),
      ...values,
    });
    sessionFor(host, { ...postgres, open: () => this.session() }, undefined);
    return { ...host, warnings };
  }

  private session(): Session<Catalog, Change> {
    let known: Catalog | undefined;
    return {
      description: "connection postgres (memory)",
      model: () => {
        if (known === undefined) {
          this.reads += 1;
          known = copyCatalog(this.live);
        }
        return Promise.resolve(known);
      },
      forget: () => {
        known = undefined;
      },
      run: (changes) => {
        const after = copyCatalog(this.live);
        for (const change of changes) {
          const reason = refusal(after, change);
          if (reason !== undefined) {
            const tried = writerOf(postgresDialect, after).shown(change).join(" ");
            return Promise.reject(new RosterError(reason, { tried, code: "00000" }));
          }
          applyTo(after, change);
          if (known !== undefined) applyTo(known, change);
        }
        this.live = after;
        this.changes.push(...changes);
        return Promise.resolve();
      },
    };
  }
}

/** Why a server would refuse a change. */
function refusal(catalog: Catalog, change: Change): string | undefined {
  const missing = (...names: readonly string[]): string | undefined => {
    const name = names.find((each) => !catalog.roles.has(each));
    return name === undefined ? undefined : `role "${name}" does not exist`;
  };
  const taken = (name: string): string | undefined =>
    catalog.roles.has(name) ? `role "${name}" already exists` : undefined;
  switch (change.kind) {
    case "createRole":
      return taken(change.name);
    case "renameRole":
      return missing(change.name) ?? taken(change.to);
    case "dropRole":
      return change.names.includes(catalog.server?.currentUser ?? "")
        ? "current user cannot be dropped"
        : missing(...change.names);
    case "alterRole":
    case "commentRole":
      return missing(change.name);
    case "grantMembership": {
      const { inherit, set } = change.options ?? {};
      if (!hasGrantors(catalog) && (inherit !== undefined || set !== undefined)) return "unrecognized role option";
      const itself = change.members.includes(change.group) ? "role is a member of itself" : undefined;
      return missing(change.group, ...change.members) ?? itself;
    }
    case "revokeOption":
    case "revokeMembership": {
      const by = change.grantor === undefined ? [] : [change.grantor];
      return missing(change.group, ...change.members, ...by) ?? notGranted(catalog, change);
    }
    default:
      return undefined;
  }
}

/** A server only warns of this, and Roster makes it an error. */
function notGranted(
  catalog: Catalog,
  { group, members, grantor }: { group: string; members: readonly string[]; grantor?: string },
): string | undefined {
  const lacks = members.find((member) => {
    const rows = catalog.members.get(group)?.get(member) ?? [];
    return !rows.some((row) => grantor === undefined || row.grantor === grantor);
  });
  return lacks === undefined ? undefined : `role "${lacks}" has not been granted membership in role "${group}"`;
}

/** Users of random catalogues. "op" is the account that runs everything. */
export const USERS = ["ana", "rui", "zoe", "svc_backup", "svc_etl", "Zoë B", 'a"b', "tab\tname"];
/** Groups of random catalogues. */
export const GROUPS = ["analysts", "Ops / EU"];
const GRANTORS = ["postgres", "op", "boss"];

/** Attributes of a role. */
export const attributes: fc.Arbitrary<Attributes> = fc.record({
  login: fc.boolean(),
  superuser: fc.boolean(),
  createdb: fc.boolean(),
  createrole: fc.boolean(),
  inherit: fc.boolean(),
  replication: fc.boolean(),
  bypassrls: fc.boolean(),
  connectionLimit: fc.constantFrom(-1, 0, 5),
  validUntil: fc.constantFrom(undefined, "2027-01-31T00:00:00Z", "-infinity"),
});

/** Remarks about roles. */
export const remark = fc.constantFrom(undefined, "a remark", "it's\n\\another");

const grant: fc.Arbitrary<Membership> = fc.record({
  grantor: fc.constantFrom(...GRANTORS),
  admin: fc.boolean(),
  inherit: fc.boolean(),
  set: fc.boolean(),
});

/** A server of random users and groups, of a version with or without grantors. */
export function servers(): fc.Arbitrary<MemoryServer> {
  const users = fc.subarray(USERS).chain((names) => roles(names));
  const groups = fc.subarray(GROUPS).chain((names) => roles(names));
  return fc
    .record({ modern: fc.boolean(), superuser: fc.boolean(), users, groups })
    .chain(({ modern, superuser, users: these, groups: those }) => {
      const everybody = [...these.map(({ name }) => name), "op", "boss"];
      const rows = fc.uniqueArray(grant, { maxLength: modern ? 2 : 1, selector: (row) => row.grantor });
      const ofGroup = fc.dictionary(fc.constantFrom(...everybody), rows);
      return fc.tuple(...those.map(() => ofGroup)).map((lists) => {
        const server = serverFacts({ version: modern ? 180004 : 140023, database: "postgres" });
        const catalog: Catalog = { ...blankCatalog(), server };
        for (const role of [...these, ...those]) catalog.roles.set(role.name, role);
        for (const name of ["op", "boss", "postgres"])
          catalog.roles.set(name, { ...account, name, superuser: name === "op" ? superuser : name === "postgres" });
        those.forEach(({ name }, index) => {
          const of = Object.entries(lists[index] ?? {}).filter(([, given]) => given.length > 0);
          catalog.members.set(name, new Map(of.map(([member, given]) => [member, modern ? given : given.map(oldRow)])));
        });
        return new MemoryServer(catalog);
      });
    });
}

const account = { ...DEFAULT_ATTRIBUTES, login: true, createrole: true, comment: undefined, holds: true };

/** Before PostgreSQL 16 a membership has no options but ADMIN. */
function oldRow(row: Membership): Membership {
  return { ...row, set: true };
}

function roles(
  names: readonly string[],
): fc.Arbitrary<(Attributes & { name: string; comment: string | undefined; holds: boolean })[]> {
  const one = fc.record({ attributes, comment: remark, holds: fc.boolean() });
  return fc
    .array(one, { minLength: names.length, maxLength: names.length })
    .map((all) => all.map(({ attributes: of, ...rest }, index) => ({ ...of, ...rest, name: names[index] ?? "" })));
}
