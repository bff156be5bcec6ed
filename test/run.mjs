/*
 * Runs mocha on the tests that were built: all but the slow ones, or, with --slow, all of them in one go, the slow ones
 * first, so that no core waits at the end. Other arguments are mocha's own.
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";

const SLOW = "dist/test/**/*.slow.test.js";
const args = process.argv.slice(2);
const files = args.includes("--slow")
  ? [SLOW, "dist/test/**/!(*.slow).test.js"]
  : ["dist/test/**/*.test.js", "--ignore", SLOW];

const mocha = path.join(path.dirname(createRequire(import.meta.url).resolve("mocha/package.json")), "bin", "mocha.js");
const child = spawn(process.execPath, [mocha, ...files, ...args.filter((arg) => arg !== "--slow")], {
  stdio: "inherit",
});
child.on("exit", (code) => {
  // A run that was killed is no success.
  process.exitCode = code ?? 1;
});
