import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdirSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Engine } from "../engine/index.js";
import { user } from "./declare.js";
import { onEachEngine, scene } from "./scene.js";
import type { Workspace } from "./workspace.js";

const CLI = path.resolve(__dirname, "../../sdk/roster/cli.js");

/** Runs `roster` in a workspace; gives its exit code and its records. */
async function roster(
  engine: Engine,
  workspace: Workspace,
  words: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; records: Record<string, unknown>[] }> {
  const pulumi = JSON.stringify([engine.command, ...engine.args]);
  const child = spawn(process.execPath, [CLI, ...words], {
    cwd: workspace.folder,
    env: { ...workspace.environment(), ROSTER_PULUMI: pulumi, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return {
    code,
    records: stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

onEachEngine("roster sync", (engine) => {
  it("previews, updates, and leaves a locked stack alone", () =>
    scene({ engine }, async (workspace, db) => {
      const exists = async (): Promise<boolean> =>
        (await db.query("SELECT FROM pg_roles WHERE rolname = 'ana'")).length > 0;
      workspace.declare([user("ana")]);

      const dry = await roster(engine, workspace, ["sync"], { DRY_RUN: "true" });
      assert.equal(dry.code, 0);
      assert.ok(dry.records.some(({ msg }) => String(msg).includes("CREATE ROLE ana LOGIN;")));
      assert.equal(dry.records.at(-1)?.["outcome"], "done");
      assert.equal(await exists(), false);

      const locks = path.join(
        fileURLToPath(workspace.environment()["PULUMI_BACKEND_URL"] ?? ""),
        ".pulumi/locks/organization/e2e/dev",
      );
      mkdirSync(locks, { recursive: true });
      const lock = { pid: 1, username: "somebody", hostname: "elsewhere", timestamp: new Date().toISOString() };
      writeFileSync(path.join(locks, "f1a7ab6b-0000-4000-8000-000000000000.json"), JSON.stringify(lock));
      const locked = await roster(engine, workspace, ["sync"]);
      assert.deepEqual([locked.code, locked.records.at(-1)?.["outcome"]], [75, "locked"]);
      assert.equal(await exists(), false);
      for (const name of readdirSync(locks)) rmSync(path.join(locks, name));

      const done = await roster(engine, workspace, ["sync"]);
      assert.equal(done.code, 0);
      assert.equal((done.records.at(-1)?.["resources"] as Record<string, number>)["created"], 2);
      assert.equal(await exists(), true);
    }));
});
