/*
 * What Pulumi's provider process loads, as one file. That process is started anew for each command, and Roster's modules
 * are read in it one by one: some 250 small files, a hundred of them of zod, cost more processor time than a preview
 * with nothing to do.
 */
import { readFileSync } from "node:fs";
import path from "node:path";

/** What goes into the file. The others stay packages, so that `npm update` reaches a driver or an HTTP client. */
const INSIDE = ["zod"];

/**
 * Writes dist/provider/bundle.js. It does not look at types: tsc does.
 * @returns what is wrong with the sources, a line each; nothing where the file is written
 */
export async function bundle(repository) {
  const { build } = await import("esbuild");
  const { dependencies, peerDependencies } = JSON.parse(read(repository, "package.json"));
  const outside = Object.keys({ ...dependencies, ...peerDependencies }).filter((name) => !INSIDE.includes(name));
  const wanted = {
    absWorkingDir: repository,
    entryPoints: ["provider/index.ts"],
    outfile: "dist/provider/bundle.js",
    bundle: true,
    platform: "node",
    target: "node20",
    external: outside,
    banner: { js: INSIDE.map((name) => notice(repository, name)).join("\n") },
    // A stack names functions and lines that can be read as they are; a map of a megabyte would be read for each error.
    sourcemap: false,
    logLevel: "silent",
  };
  try {
    await build(wanted);
    return [];
  } catch (error) {
    if (error.errors === undefined) throw error;
    return error.errors.map(({ text, location }) => `${location?.file}:${location?.line}:${location?.column}: ${text}`);
  }
}

/** The licence of what is copied has to come with the copy. */
function notice(repository, name) {
  return `/* Holds ${name}:\n\n${read(repository, `node_modules/${name}/LICENSE`).replaceAll("*/", "* /")}*/`;
}

function read(repository, file) {
  return readFileSync(path.join(repository, file), "utf8");
}
