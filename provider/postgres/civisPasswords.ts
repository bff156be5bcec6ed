import { someOf } from "../core/errors.js";
import { decodeLines } from "../core/lines.js";
import type { Adaptation, Adapted } from "../core/system.js";
import { UNKNOWN } from "../core/unknown.js";
import type { Catalog } from "./catalog.js";
import { NO_PASSWORDS } from "./civisErrors.js";
import { isThroughCivis } from "./dial.js";
import { isSetAnew, type VersionedPassword } from "./passwords.js";
import type { PostgresSettings } from "./settings.js";

type Arguments = Readonly<Record<string, unknown>>;

const REASON = `${NO_PASSWORDS.headline}: ${NO_PASSWORDS.remedy}`;

/**
 * Refuses passwords that would be set over a connection that cannot, before anything is done. One that stays as the
 * state has it, because it was set over another connection, is none of these.
 */
export async function passwordsThroughCivis(
  { connection, old }: Pick<Adaptation<Catalog, PostgresSettings>, "connection" | "old">,
  args: Arguments,
): Promise<Adapted["failures"]> {
  if ((args["password"] ?? args["passwords"]) === undefined || !isThroughCivis(connection)) return [];
  const given = passwordsIn(args);
  const kept = passwordsIn(old ?? {});
  const set: string[] = [];
  for (const [name, password] of given) if (await isSetAnew(password, kept.get(name))) set.push(name);
  if (set.length === 0) return [];
  return args["password"] === undefined
    ? [{ property: "passwords", reason: `${someOf(set)}: ${REASON}` }]
    : [{ property: "password", reason: REASON }];
}

/** The passwords of a User or an Access by user; that of a User under no name, as it may change. */
function passwordsIn(args: Arguments): ReadonlyMap<string, VersionedPassword> {
  const { password, passwordVersion: version, passwords, users } = args;
  if (password !== undefined) return new Map([["", { password, version } as VersionedPassword]]);
  // Where nobody knows yet who has a password, perhaps nobody has one.
  if (typeof passwords !== "object" || passwords === null || users === UNKNOWN) return new Map();
  const entries = typeof users === "string" ? decodeLines(users) : [];
  const versions = new Map(entries.map(({ name, attributes }) => [name, attributes?.["passwordVersion"]]));
  return new Map(
    Object.entries(passwords as Readonly<Record<string, string>>).map(([name, password]) => [
      name,
      { password, version: versions.get(name) } as VersionedPassword,
    ]),
  );
}
