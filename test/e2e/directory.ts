import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import type { glean } from "pulumi-roster";
import type { Engine } from "../engine/index.js";
import { REPOSITORY } from "../repository.js";
import { startGlean, type Glean, type GleanOptions } from "../sandbox/glean/index.js";
import { Workspace, type Finished } from "./workspace.js";

/** What the program of these tests (programs/directory.ts) declares. */
export interface DeclaredDirectory {
  readonly name?: string;
  readonly people: readonly object[] | { readonly count: number; readonly edition?: number };
  readonly args?: Omit<glean.DirectoryArgs, "people">;
  readonly singles?: readonly object[];
}

/** A project with a directory, and the sandbox that it leads to. */
export interface DirectoryScene {
  readonly workspace: Workspace;
  readonly glean: Glean;
  readonly declare: (...directories: readonly DeclaredDirectory[]) => void;
  /** `up` that has to succeed. */
  readonly up: (...directories: readonly DeclaredDirectory[]) => Promise<Finished>;
}

/** Makes a project whose program is another one of programs/. */
export function useProgram(workspace: Workspace, program: string): void {
  const file = path.join(REPOSITORY, "dist", "test", "e2e", "programs", program);
  writeFileSync(path.join(workspace.folder, "index.js"), `module.exports = require(${JSON.stringify(file)});\n`);
}

/** Runs a test in a project and with a sandbox of its own; in the end everything is destroyed and gone from Glean. */
export async function directoryScene(
  engine: Engine,
  act: (scene: DirectoryScene) => Promise<void>,
  { options = { limits: undefined }, env = {} }: { options?: GleanOptions; env?: Record<string, string> } = {},
): Promise<void> {
  const glean = await startGlean(options);
  const workspace = await Workspace.create(engine, {
    ...glean.env,
    ROSTER_GLEAN_REQUESTS_PER_SECOND: "0",
    ...env,
  });
  useProgram(workspace, "directory.js");
  const declare = (...directories: readonly DeclaredDirectory[]): void => {
    const all = directories.map((each) => ({ name: "everybody", args: { shards: 4 }, ...each }));
    writeFileSync(path.join(workspace.folder, "directory.json"), JSON.stringify(all));
  };
  try {
    await act({
      workspace,
      glean,
      declare,
      up(...directories) {
        declare(...directories);
        return workspace.run(["up", "--yes", "--skip-preview"]);
      },
    });
    if (!workspace.isEmpty()) await workspace.destroy();
    assert.deepEqual([...glean.people.keys(), ...glean.teams.keys()], [], "a destroy leaves nobody");
  } finally {
    await workspace.remove();
    await glean.close();
  }
}
