import * as pulumi from "@pulumi/pulumi";
import { expectKeys, type KeysOf } from "../core/knownKeys.js";
import { refuseDocuments } from "../core/refuseDocuments.js";
import { runError } from "../core/runError.js";
import { Access, type AccessArgs } from "./access.js";
import { objectPrivilegesOf, privilegesOf } from "./accessFile/grants.js";
import { mergeFiles, type Merged } from "./accessFile/merge.js";
import { findPasswords, variableOf } from "./accessFile/passwords.js";
import type * as read from "./accessFile/read.js";
import type { Connection } from "./connection.js";

/** Arguments of a `postgres.AccessFile`. */
export interface AccessFileArgs {
  /**
   * Files, and folders of files (`.yaml`, `.yml`, `.json`), relative to the program's folder. In the format
   * `- username: ana`, `databases: [reports]`, `privileges: SELECT`, or in the fuller one with `users`, `groups`,
   * `databases` and `grants`; `schemas/users.schema.json` of this package lets editors complete both.
   */
  readonly files: string | readonly string[];
  /** Passwords by user name, for instance from secret config. They come before those of `passwordFolder` and of the environment. */
  readonly passwords?: Readonly<Record<string, pulumi.Input<string>>>;
  /**
   * A folder of mounted secrets: the password of app_reader is in `app_reader/password`, `app_reader-secret/password`
   * or `app_reader`, also with - for _. A file that changes sets the new password. Default: none.
   */
  readonly passwordFolder?: string;
  /** What the names of environment variables with passwords begin with. Default: `ROSTER_PASSWORD_`, as in ROSTER_PASSWORD_APP_READER. */
  readonly passwordPrefix?: string;
  /** Names that are left alone everywhere: `*` stands for any characters, `?` for one. Default: none. */
  readonly ignore?: AccessArgs["ignore"];
  /**
   * What happens to a user or a group whose entry goes: "drop", "disable" (no login, and what we gave is taken back) or
   * "keep". Default: "drop" for who was made here, "disable" for who was there before. Databases are always kept.
   */
  readonly onRemove?: AccessArgs["onRemove"];
  /** The server. Default: the connection "postgres" (PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, PGSSLMODE). */
  readonly connection?: Connection;
}

/**
 * The users, groups, databases and privileges of a server from files that anyone can edit. Users come before databases,
 * and databases before privileges; what exists already is adopted.
 *
 * `ALL` is everything on the database, on its schema public and on all tables and sequences in that, those of today and
 * later ones; in the short format the one user with ALL owns the database. `SELECT` is to connect, and to read all
 * tables of schema public, those of today and later ones. On Amazon Redshift, where everybody may connect and nothing
 * has sequences or comments, they are the rest of that, and notes stay in the file.
 *
 * Throws, before anything is touched, an error with file, line and column of all mistakes in all files. A user without
 * a password is made and warned about.
 *
 * @example
 * const company = new postgres.AccessFile("company", { files: "users.yaml", passwordFolder: "/secrets" });
 */
export class AccessFile extends pulumi.ComponentResource {
  /** The users of the files, by name. */
  declare readonly users: pulumi.Output<string[]>;
  /** Users who can log in and have no password here: their passwords stay as they are. */
  declare readonly withoutPassword: pulumi.Output<string[]>;
  /** Roles of the server that the files do not name. They are left alone. */
  declare readonly unmanaged: pulumi.Output<string[]>;

  /**
   * Declares what files say.
   *
   * @param name The name in the program; part of the names of all resources within.
   * @param args The files, and where passwords are.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: AccessFileArgs, options?: pulumi.ComponentResourceOptions) {
    super("roster:postgres:AccessFile", name, {}, options);
    expectKeys(`postgres.AccessFile ${JSON.stringify(name)}`, "the arguments", args, KEYS);
    const merged = readAll(name, args);
    const found = passwordsOf(name, args, merged);
    // The provider knows what kind of server it is, and so what the words of the files mean there.
    const words = { ...accessArgs(merged, found.passwords), ...rest(args), fromFile: true };
    const access = new Access(name, words, { parent: this });
    this.users = access.users;
    this.withoutPassword = pulumi.output([...found.without]);
    this.unmanaged = access.unmanaged;
    this.registerOutputs({ users: this.users, withoutPassword: this.withoutPassword, unmanaged: this.unmanaged });
  }
}

const KEYS: KeysOf<AccessFileArgs> = {
  files: true,
  passwords: true,
  passwordFolder: true,
  passwordPrefix: true,
  ignore: true,
  onRemove: true,
  connection: true,
};

function readAll(name: string, { files: names }: AccessFileArgs): Merged {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- A program without such files does not wait for what reads them.
  const { readUsersFiles } = require("./accessFile/read.js") as typeof read;
  const { files, problems } = readUsersFiles(typeof names === "string" ? [names] : names);
  const merged = mergeFiles(files);
  const all = [...problems, ...merged.problems];
  if (all.length > 0) refuseDocuments(`postgres.AccessFile ${JSON.stringify(name)}`, all);
  return merged;
}

function rest({
  ignore,
  onRemove,
  connection,
}: AccessFileArgs): Pick<AccessArgs, "ignore" | "onRemove" | "connection"> {
  return {
    ...(ignore === undefined ? {} : { ignore }),
    ...(onRemove === undefined ? {} : { onRemove }),
    ...viaConnection(connection),
  };
}

function viaConnection(connection: Connection | undefined): { readonly connection?: Connection } {
  return connection === undefined ? {} : { connection };
}

function passwordsOf(name: string, args: AccessFileArgs, { users }: Merged): ReturnType<typeof findPasswords> {
  const prefix = args.passwordPrefix ?? "ROSTER_PASSWORD_";
  try {
    const found = findPasswords(
      users.filter(({ login }) => login !== false).map((user) => user.name),
      { given: args.passwords ?? {}, folder: args.passwordFolder, prefix, environment: process.env },
    );
    const [first] = found.without;
    if (first !== undefined) {
      const shown = found.without.slice(0, 10).map((user) => JSON.stringify(user));
      const more =
        found.without.length > shown.length ? ` and ${String(found.without.length - shown.length)} more` : "";
      void pulumi.log.warn(
        `postgres.AccessFile ${JSON.stringify(name)}: no password for ${shown.join(", ")}${more}. ` +
          `Set ${variableOf(prefix, first)}, mount one, or give it in passwords; until then what they have stays.`,
      );
    }
    return found;
  } catch (error) {
    throw runError(`postgres.AccessFile ${JSON.stringify(name)}: ${(error as Error).message}`);
  }
}

function accessArgs(
  { users, groups, databases, grants, objectGrants }: Merged,
  passwords: ReadonlyMap<string, pulumi.Input<string>>,
): AccessArgs {
  return {
    databases: databases.map(({ name, owner, notes }) => ({
      name,
      ...(owner === undefined ? {} : { owner }),
      ...(notes === undefined ? {} : { comment: notes }),
    })),
    grants: [...privilegesOf(grants), ...objectPrivilegesOf(objectGrants)],
    users: users.map(({ notes, ...user }) => {
      const password = passwords.get(user.name);
      return {
        ...user,
        ...(notes === undefined ? {} : { comment: notes }),
        // Set whenever it is another one: a mounted secret changes without anybody telling.
        ...(password === undefined ? {} : { password, passwordVersion: "auto" }),
      };
    }),
    groups: Object.fromEntries(
      groups.map(({ name, notes, members }) => [
        name,
        { members: [...members], ...(notes === undefined ? {} : { comment: notes }) },
      ]),
    ),
  };
}
