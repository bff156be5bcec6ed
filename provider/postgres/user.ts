import * as z from "zod";
import { objectArguments } from "../core/arguments.js";
import { defineResource } from "../core/define.js";
import { doing, impossible } from "../core/delta.js";
import { STANDARD_USER } from "./catalog.js";
import type { Change } from "./changes.js";
import { storedPassword } from "./passwords.js";
import { connection, roleName, userArguments } from "./roleArguments.js";
import {
  assumeRole,
  attributesOf,
  differingAttributes,
  isUntouched,
  refusedRemoval,
  roleDelta,
  type DeclaredRole,
} from "./roles.js";
import { holdingsOf } from "./parts.js";
import { dropDelta } from "./roleDrop.js";
import { observedSettings } from "./roleSettings.js";
import { postgres } from "./system.js";

const schema = z.strictObject({
  name: roleName(),
  ...userArguments,
  password: z.string().min(1, "must not be empty").optional(),
  existing: objectArguments.existing,
  connection,
});

type UserArguments = z.output<typeof schema>;

function declaredRole(args: UserArguments, password?: string): DeclaredRole {
  const { name, comment, password: kept, settings, databaseSettings } = args;
  const parameters = { settings, databaseSettings };
  return { name, attributes: attributesOf(args, STANDARD_USER), comment, password, kept, parameters };
}

/** The verifier to set: at first, when there was none, and when the version changed; a changed password alone sets nothing. */
function passwordToSet(args: UserArguments, previous: UserArguments | undefined, exists: boolean): string | undefined {
  const same = previous?.password !== undefined && previous.passwordVersion === args.passwordVersion;
  return same && exists ? undefined : args.password;
}

/** `postgres.User`: a role that can log in. */
export const User = defineResource({
  kind: "object",
  token: "postgres.User",
  system: postgres,
  schema,
  key: ["name"],
  renamable: ["name"],
  things: (args) => [`role:${args.name}`],
  decides: (args) => [`role:${args.name}`],
  incomparable: ["password"],
  reports: [],
  parts: ({ name, onRemove }, purpose) => (purpose === "removal" && onRemove !== "disable" ? [holdingsOf(name)] : []),

  validate: (args, pending) =>
    args.passwordVersion !== undefined && args.password === undefined && !pending.has("password")
      ? [{ property: "passwordVersion", reason: "there is no password that it could be the version of" }]
      : [],

  async prepare(args, { old }) {
    if (args.password === undefined) return args;
    const { password, version } = await storedPassword(
      { password: args.password, version: args.passwordVersion },
      old?.password === undefined ? undefined : { password: old.password, version: old.passwordVersion },
    );
    return { ...args, password, ...(version === undefined ? {} : { passwordVersion: version }) };
  },

  observe(catalog, args) {
    const live = catalog.roles.get(args.name);
    if (live === undefined) return undefined;
    const { name, existing, reassignTo, onRemove, connection: via, password, passwordVersion } = args;
    return {
      name,
      existing,
      reassignTo,
      onRemove,
      connection: via,
      password,
      passwordVersion,
      comment: live.comment,
      ...differingAttributes(live, STANDARD_USER),
      ...observedSettings(catalog, name, args),
    };
  },

  delta({ model, args, previous, run }) {
    const exists = model.roles.has(args.name) || (previous !== undefined && model.roles.has(previous.name));
    return roleDelta(model, declaredRole(args, passwordToSet(args, previous, exists)), previous?.name, run.now);
  },

  remove(catalog, args, how) {
    const refused = refusedRemoval(catalog, args.name);
    if (refused !== undefined) return impossible(refused);
    if (how === "drop") return dropDelta(catalog, args.name, args.reassignTo);
    // What this resource gave: the attributes that it declared. The password stays: without LOGIN it opens nothing.
    const given = (["superuser", "createdb", "createrole", "replication", "bypassrls"] as const).filter(
      (name) => args[name] === true,
    );
    const attributes = { login: false, ...Object.fromEntries(given.map((name) => [name, false])) };
    return doing<Change>({ kind: "alterRole", name: args.name, attributes });
  },

  untouched: (catalog, args) => isUntouched(catalog, declaredRole(args)),
  assume: (catalog, args) => {
    assumeRole(catalog, declaredRole(args));
  },
});
