// What the stories that the examples' run.ts tell have in common: the engine, the environment, commands, Ctrl+C.
import type { Engine, Sandbox } from "../../test/engine/index.js";
import type { PostgresServer } from "../../test/postgres/server.js";
import { prompt, quote, say } from "./narration.js";

const STAND_IN =
  "Engine: a stand-in for the Pulumi CLI that comes with this repository, because there is no `pulumi` on your PATH.\n" +
  "        It speaks Pulumi's protocol and runs the same program and provider; with the real one, install it and run this again.";

/** Says what runs the programs. */
export function sayEngine({ kind, version }: Engine): void {
  say(kind === "pulumi" ? `Engine: Pulumi ${version}, from your PATH.` : STAND_IN);
}

/** What the programs see: the server's address and account, and nothing of another connection of the caller's. */
export function environmentFor(server: PostgresServer, database: string): NodeJS.ProcessEnv {
  const others = Object.keys(process.env).filter((name) => /^(PG|ROSTER_)/.test(name) && name !== "ROSTER_ENGINE");
  return {
    ...Object.fromEntries(others.map((name) => [name, undefined])),
    PGHOST: server.host,
    PGPORT: String(server.port),
    PGUSER: server.user,
    PGPASSWORD: server.password,
    PGDATABASE: database,
  };
}

/** Shows a command of Pulumi's and what it says. */
export async function pulumi(
  sandbox: Sandbox,
  args: string[],
  expectExit: number | "any" = 0,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value} `);
  prompt(`${settings.join("")}pulumi ${args.join(" ")}`);
  const { stdout, stderr, exitCode } = await sandbox.run(args, { expectExit, env });
  quote(stdout);
  if (stderr.trim() !== "") quote(stderr);
  if (exitCode !== 0) say(`  (exit code ${String(exitCode)})`);
}

/** Ctrl+C cleans up as the end does. */
export function onInterrupt(cleanUp: () => Promise<unknown>): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      say("\nStopping, and removing the server and the stack.");
      void cleanUp().finally(() => process.exit(130));
    });
  }
}

/** The end of a story, with the time since its begin in milliseconds. */
export function sayTime(started: number): void {
  say(`\nThat took ${String(Math.round((Date.now() - started) / 1000))} seconds.`);
}
