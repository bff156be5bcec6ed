import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { findEngine } from "../engine/index.js";
import { REPOSITORY } from "../repository.js";
import { FILES, FIXTURES, declared, place } from "./fixture.js";
import { scene } from "./scene.js";

/*
 * Writes the state of this version for later versions to read: node dist/test/e2e/writeState.js
 * Run it once for each release, with a real `pulumi` where there is one. server.sql is written by hand.
 */

/** A state without where on this machine its program stood. */
function withoutPlaces(state: unknown): unknown {
  const places = new Set(["sourcePosition", "stackTrace"]);
  return JSON.parse(JSON.stringify(state, (key, value: unknown) => (places.has(key) ? undefined : value)));
}

async function write(): Promise<void> {
  const { version } = JSON.parse(readFileSync(path.join(REPOSITORY, "package.json"), "utf8")) as { version: string };
  const folder = path.join(FIXTURES, version);
  mkdirSync(folder, { recursive: true });
  const engine = findEngine();
  await scene({ engine, ...place, given: "CREATE ROLE fx_found LOGIN" }, async (workspace) => {
    await workspace.up(declared);
    await workspace.expectNoChanges();
    const put = (file: keyof typeof FILES, content: unknown): void => {
      writeFileSync(path.join(folder, FILES[file]), `${JSON.stringify(content, null, 2)}\n`);
    };
    put("state", withoutPlaces(await workspace.export()));
    put("program", { resources: declared, outputs: {} });
  });
  console.log(`${folder}, written by ${engine.kind} ${engine.version}`);
}

void write().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
