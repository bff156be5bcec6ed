import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Engine } from "../engine/index.js";
import { startHeimdall, type Contents, type HeimdallSandbox } from "../sandbox/heimdall/heimdall.js";
import { Workspace } from "./workspace.js";

/** An environment to be like. */
export const CITY: Contents = {
  actions: { "users:read": "Read users" },
  roles: { viewer: { description: "May look", actions: ["users:read"] } },
  mappings: { "GET /users": { action: "users:read", description: "List" } },
  groups: { desk: { description: "The desk", roles: ["viewer"], members: ["12345678901"] } },
};

/** A project on two environments of Heimdall. */
export interface HeimdallPlace {
  readonly workspace: Workspace;
  /** The connection "heimdall". */
  readonly heimdall: HeimdallSandbox;
  /** The connection "staging". */
  readonly staging: HeimdallSandbox;
  /** Says what the program is from now on: the lines of a function that has `heimdall` and `pulumi`. */
  readonly program: (lines: string) => void;
}

/** Runs a test in a project of its own, with a stack, two environments and what they are to hold. */
export async function inHeimdall(
  engine: Engine,
  contents: { readonly heimdall?: Contents; readonly staging?: Contents },
  act: (place: HeimdallPlace) => Promise<void>,
): Promise<void> {
  const [heimdall, staging] = [await startHeimdall(contents.heimdall), await startHeimdall(contents.staging)];
  const workspace = await Workspace.create(engine, {
    HEIMDALL_URL: heimdall.url,
    HEIMDALL_TOKEN: heimdall.token,
    ROSTER_STAGING_URL: staging.url,
    ROSTER_STAGING_TOKEN: staging.token,
  });
  const program = (lines: string): void => {
    const head = 'const pulumi = require("@pulumi/pulumi");\nconst { heimdall } = require("pulumi-roster");\n';
    writeFileSync(path.join(workspace.folder, "index.js"), `${head}module.exports = async () => {\n${lines}\n};\n`);
  };
  try {
    await act({ workspace, heimdall, staging, program });
  } finally {
    await workspace.remove();
    await Promise.all([heimdall.close(), staging.close()]);
  }
}
