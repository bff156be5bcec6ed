import * as z from "zod";
import { leaveOut, objectArguments } from "../core/arguments.js";
import { defineResource } from "../core/define.js";
import { NO_DELTA, doing, impossible } from "../core/delta.js";
import type { Delta, ObjectDefinition, Problem, Wanted } from "../core/resource.js";
import { isMissing, type Catalog } from "./catalog.js";
import type { Change } from "./changes.js";
import { builtInAcl, type Database as LiveDatabase } from "./databaseCatalog.js";
import { objectName } from "./grantArguments.js";
import { connection, existingRoleName, flag, remark } from "./roleArguments.js";
import { missingOwner } from "./roles.js";
import { postgres } from "./system.js";

const PROVIDERS = ["libc", "icu", "builtin"] as const;

const schema = z.strictObject({
  name: objectName(),
  owner: existingRoleName().optional(),
  template: objectName().optional(),
  encoding: z.string().min(1, "must not be empty").optional(),
  locale: z.string().min(1, "must not be empty").optional(),
  localeProvider: z.enum(PROVIDERS).optional(),
  connectionLimit: z.int().min(-1, "must be -1 (no limit) or more").transform(leaveOut<number>(-1)).optional(),
  allowConnections: flag(true),
  comment: remark,
  existing: objectArguments.existing,
  onRemove: z.enum(["drop", "keep"]).transform(leaveOut<"drop" | "keep">("keep")).optional(),
  endSessions: flag(false),
  connection,
});

type DatabaseArguments = z.output<typeof schema>;

/** What `postgres.Database` is. */
export const databaseDefinition: ObjectDefinition<Catalog, Change, typeof schema> = {
  kind: "object",
  token: "postgres.Database",
  system: postgres,
  schema,
  key: ["name"],
  renamable: [],
  things: (args) => [`database:${args.name}`],
  decides: (args) => [`database:${args.name}`],
  incomparable: [],
  reports: [],
  validate: (args, pending) =>
    args.localeProvider !== undefined && args.locale === undefined && !pending.has("locale")
      ? [{ property: "localeProvider", reason: "there is no locale that it could provide" }]
      : [],
  prepare: (args) => Promise.resolve(args),

  observe(catalog, args) {
    const live = catalog.databases.get(args.name);
    if (live === undefined) return undefined;
    const { connectionLimit: _limit, allowConnections: _allow, ...rest } = args;
    return {
      ...rest,
      ...(args.owner === undefined ? {} : { owner: live.owner }),
      ...(args.encoding === undefined ? {} : { encoding: sameText(args.encoding, live.encoding) }),
      ...(args.locale === undefined ? {} : { locale: sameText(args.locale, localeOf(live)) }),
      ...(args.localeProvider === undefined ? {} : { localeProvider: live.provider }),
      ...(live.connectionLimit === -1 ? {} : { connectionLimit: live.connectionLimit }),
      ...(live.allowConnections ? {} : { allowConnections: false }),
      comment: live.comment,
    };
  },

  delta,

  remove(catalog, { name, onRemove, endSessions }) {
    if (onRemove !== "drop") return NO_DELTA;
    if (name === catalog.server?.database) return impossible(ownDatabase(name));
    return doing<Change>({ kind: "dropDatabase", name, endSessions: endSessions === true });
  },

  untouched(catalog, args) {
    const live = catalog.databases.get(args.name);
    if (live === undefined) return false;
    const { owner = catalog.server?.currentUser, comment } = args;
    const acl = builtInAcl(catalog, "database", live.owner);
    const asMade = live.acl.size === acl.size && [...acl.keys()].every((grantee) => live.acl.has(grantee));
    // A create that was cut off may have come before the comment.
    const remarked = live.comment === undefined || live.comment === comment;
    return live.owner === owner && asMade && remarked && fixedProblems(catalog, live, args).length === 0;
  },

  assume(catalog, args) {
    const { name, owner = "", encoding = "", locale = "", localeProvider = "libc", comment } = args;
    catalog.databases.set(name, {
      name,
      owner,
      encoding,
      collate: locale,
      ctype: locale,
      provider: localeProvider,
      locale: localeProvider === "libc" ? undefined : locale,
      connectionLimit: args.connectionLimit ?? -1,
      allowConnections: args.allowConnections ?? true,
      comment,
      acl: new Map(),
    });
  },
};

/** `postgres.Database`: a database of the server. It is kept when it leaves the program, unless that is said. */
export const Database = defineResource(databaseDefinition);

/** The server spells encodings and locales as it likes: `utf-8` is UTF8, `en_US.utf8` is en_US.UTF-8. */
function sameText(declared: string, live: string): string {
  const plain = (text: string): string => text.toLowerCase().replace(/[-_.\s]/g, "");
  return plain(declared) === plain(live) ? declared : live;
}

function localeOf({ provider, locale, collate }: LiveDatabase): string {
  return provider === "libc" ? collate : (locale ?? collate);
}

function delta({ model, args }: Wanted<Catalog, DatabaseArguments>): Delta<Catalog, Change> {
  const { name, owner, template, encoding, locale, localeProvider, connectionLimit, allowConnections, comment } = args;
  if (owner !== undefined && isMissing(model, owner))
    return impossible(missingOwner(owner, `database ${JSON.stringify(name)}`));
  const live = model.databases.get(name);
  const unknown = unknownProvider(model, localeProvider);
  if (unknown !== undefined) return impossible(unknown);
  if (live === undefined) {
    const said = { owner, template, encoding, locale, localeProvider, connectionLimit, allowConnections };
    const options = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
    const create: Change = { kind: "createDatabase", name, options };
    return doing(create, ...(comment === undefined ? [] : [remarkOn(name, comment)]));
  }
  const changes: Change[] = [];
  const limit = connectionLimit ?? -1;
  const allow = allowConnections ?? true;
  const options = {
    ...(limit === live.connectionLimit ? {} : { connectionLimit: limit }),
    ...(allow === live.allowConnections ? {} : { allowConnections: allow }),
  };
  if (owner !== undefined && owner !== live.owner) changes.push({ kind: "ownDatabase", name, owner });
  if (Object.keys(options).length > 0) changes.push({ kind: "alterDatabase", name, options });
  if (comment !== live.comment) changes.push(remarkOn(name, comment));
  return { ...doing(...changes), problems: fixedProblems(model, live, args) };
}

/** The first version that has each provider of locales. */
const PROVIDED_SINCE = { libc: 150000, icu: 150000, builtin: 170000 };

function unknownProvider({ server }: Catalog, provider: DatabaseArguments["localeProvider"]): Problem | undefined {
  if (provider === undefined || server === undefined || server.version >= PROVIDED_SINCE[provider]) return undefined;
  return {
    message: `PostgreSQL ${String(Math.floor(server.version / 10000))} has no choice of localeProvider ${JSON.stringify(provider)}`,
    remedy: `It exists from version ${String(PROVIDED_SINCE[provider] / 10000)} on; leave it out.`,
    certain: true,
  };
}

function remarkOn(name: string, comment: string | undefined): Change {
  return { kind: "commentDatabase", name, comment: comment ?? null };
}

/** What cannot be changed once a database is made. */
function fixedProblems(catalog: Catalog, live: LiveDatabase, args: DatabaseArguments): Problem[] {
  if (catalog.server === undefined) return [];
  const fixed: readonly [string, string | undefined, string][] = [
    ["encoding", args.encoding, live.encoding],
    ["locale", args.locale, localeOf(live)],
    ["localeProvider", args.localeProvider, live.provider],
  ];
  return fixed
    .filter(([, wanted, is]) => wanted !== undefined && sameText(wanted, is) !== wanted)
    .map(([what, wanted, is]) => ({
      message: `the ${what} of database ${JSON.stringify(args.name)} is ${is}, and cannot be changed to ${wanted ?? ""}`,
      remedy:
        "PostgreSQL sets it when a database is made: declare what it is, or make another database and copy the data.",
      certain: true,
    }));
}

function ownDatabase(name: string): Problem {
  return {
    message: `${JSON.stringify(name)} is the database of the connection, and cannot be dropped from within`,
    remedy: 'Give the connection another database (the setting "database"), or the resource onRemove: "keep".',
  };
}
