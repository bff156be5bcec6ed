import { resolveConnection, type Connection } from "../../provider/core/connections.js";
import { connections, type PostgresSettings } from "../../provider/postgres/settings.js";
import { startPostgres, type PostgresServer, type PostgresVersion } from "./server.js";

/*
 * One server of each version for all test files of a run, started when the first test asks for it. Roles are common to
 * a whole server, so tests take names from `freshName` and leave alone what they did not make.
 */

const started = new Map<PostgresVersion, Promise<PostgresServer>>();

/** The server that all test files share. Its settings are those of `startPostgres`; what needs others starts its own. */
export function sharedPostgres(version: PostgresVersion): Promise<PostgresServer> {
  const found = started.get(version);
  if (found !== undefined) return found;
  const made = startPostgres({ version });
  started.set(version, made);
  return made;
}

// At the top of a module, outside of every suite, this is a hook of the whole run: it is called after the last test.
after(async () => {
  const servers = await Promise.allSettled([...started.values()]);
  started.clear();
  const running = servers.flatMap((server) => (server.status === "fulfilled" ? [server.value] : []));
  await Promise.all(running.map((server) => server.stop()));
});

let names = 0;

/** A name that no other test has: `unit_7_ana`. */
export function freshName(word: string): string {
  names += 1;
  return `unit_${String(names)}_${word}`;
}

type Values = Partial<Record<keyof PostgresSettings, string | undefined>>;

/** The settings that reach a server as its superuser, with some of them replaced; undefined leaves one out. */
export function connectionTo(
  server: PostgresServer,
  values: Values = {},
  name = "postgres",
): Connection<PostgresSettings> {
  const { host, port, user, password } = server;
  return connectionWith({ host, port: String(port), user, password, ...values }, name);
}

/** A connection whose settings come from the program. */
export function connectionWith(values: Values, name = "postgres"): Connection<PostgresSettings> {
  return resolveConnection(connections, { ...values, name }, { environment: {}, config: undefined });
}
