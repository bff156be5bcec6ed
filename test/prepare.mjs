/*
 * Installs and builds what is missing, so that `npm test` and the examples run in a fresh clone. Plain JavaScript
 * without dependencies, as it runs before anything is installed; and nothing that an old Node.js cannot read.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { bundle } from "./bundle.mjs";

const REPOSITORY = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const SOURCES = ["provider", "sdk", "examples", "test"];
const LAST_LINES = 25;
const STILL_AT_IT = 30_000;

/** A reason that people can act on: it is printed without a stack. */
class Problem extends Error {}

/** Makes a checkout ready to run: packages as the lock names them, and a build of today's sources. */
export async function prepare(repository = REPOSITORY, report = console.error) {
  checkNode(JSON.parse(read(repository, "package.json")).engines.node, process.versions.node);
  await install(repository, report);
  await build(repository, report);
}

/** @param {string} range such as ">=20.19.0" */
export function checkNode(range, version) {
  const wanted = range.replace(">=", "");
  const [a, b] = [wanted, version].map((each) => each.split(".").map(Number));
  const difference = a.map((part, index) => b[index] - part).find((each) => each !== 0);
  if (difference !== undefined && difference < 0) {
    throw new Problem(
      `Node.js ${wanted} or newer is needed, and this is ${version}: install a newer one and try again.`,
    );
  }
}

async function install(repository, report) {
  const reason = whyInstall(repository);
  if (reason === undefined) return;
  if (isLink(path.join(repository, "node_modules"))) {
    report(`node_modules is a link to another folder and is left as it is, although ${reason}.`);
    return;
  }
  const flags = ["--include=dev", "--include=optional", "--prefer-offline", "--no-audit", "--no-fund"];
  // npm tries as often as it would, but sooner: by itself it says nothing for minutes where there is no network.
  flags.push("--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000");
  const hint = ", without a word from npm; where there is no network it takes minutes to give up";
  await step(report, `Installing packages with npm ci, as ${reason}`, hint, async () => {
    const { code, output } = await runNpm(repository, ["ci", ...flags, "--loglevel=error"]);
    if (code !== 0) throw new Problem(`npm ci failed:\n${lastLines(output)}\n\n${installAdvice(output)}`);
  });
}

/**
 * Compares the lock with npm's own record of what it installed, and that with what is there: times of files say
 * nothing, as git sets them at every checkout.
 * @returns why packages have to be installed; undefined if they have not
 */
export function whyInstall(repository) {
  if (!existsSync(path.join(repository, "node_modules"))) return "there is no node_modules";
  const wanted = packagesOf(repository, "package-lock.json");
  const installed = packagesOf(repository, "node_modules/.package-lock.json");
  if (installed === undefined) return "node_modules has no record of what is installed";
  for (const [folder, entry] of Object.entries(wanted)) {
    if (folder === "") continue;
    const found = installed[folder];
    // What is optional may be for another platform.
    if (found === undefined && entry.optional) continue;
    if (found === undefined || !existsSync(path.join(repository, folder))) return `${folder} is missing`;
    if (found.version !== entry.version || found.integrity !== entry.integrity) {
      return `${folder} is not of the version in package-lock.json`;
    }
  }
  return undefined;
}

function packagesOf(repository, file) {
  try {
    return JSON.parse(read(repository, file)).packages;
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw new Problem(`${path.join(repository, file)} cannot be read: ${error.message}`);
  }
}

/** What to do about a failed installation, by what npm said. */
export function installAdvice(output) {
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED|ERR_SOCKET_TIMEOUT/.test(output)) {
    return (
      "The package registry could not be reached. Check the network, the proxy (HTTPS_PROXY) and " +
      '"npm config get registry", and run the command again: it goes on from npm\'s cache. ' +
      "Without a network, the packages must be in that cache or in node_modules already."
    );
  }
  if (/SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|CERT_/.test(output)) {
    return "The registry's certificate is not trusted here. Name your organisation's CA in NODE_EXTRA_CA_CERTS and run the command again.";
  }
  if (/E40[13]\b/.test(output)) return 'The registry refuses this user: see "npm config get registry" and "npm login".';
  if (/EACCES|EPERM|EROFS/.test(output))
    return "This user may not write in node_modules or in npm's cache: see the path above.";
  if (/ENOSPC/.test(output)) return "The disk is full.";
  if (/EUSAGE/.test(output)) return 'package.json and package-lock.json disagree: run "npm install" and commit both.';
  return 'Run "npm ci" by hand to see all of its output.';
}

async function build(repository, report) {
  const stampFile = path.join(repository, "dist", ".sources");
  const stamp = hashOfSources(repository);
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return;
  await step(report, "Building with tsc", "", async () => {
    // A build that fails leaves a part of it, whatever the sources are the next time.
    rmSync(stampFile, { force: true });
    tidyOutput(repository);
    const tsc = path.join(repository, "node_modules/typescript/bin/tsc");
    const { code, output } = await run(process.execPath, [tsc, "-p", repository], repository);
    if (code !== 0) throw new Problem(`tsc found errors:\n${output.trimEnd()}`);
    const wrong = await bundle(repository);
    if (wrong.length > 0) throw new Problem(`The provider cannot be written as one file:\n${wrong.join("\n")}`);
    mkdirSync(path.dirname(stampFile), { recursive: true });
    writeFileSync(stampFile, stamp);
  });
}

/**
 * Removes what is left of sources that are gone, as a test that was removed must not run; and where output is missing,
 * tsc's record of it too, as by that record tsc would not write it again.
 */
function tidyOutput(repository) {
  const dist = path.join(repository, "dist");
  const sources = sourceFiles(repository).map((file) => stem(repository, file));
  const outputs = filesBelow(dist, /\.(js|js\.map|d\.ts)$/);
  for (const file of outputs) if (!sources.includes(stem(dist, file))) rmSync(file);
  const written = outputs.filter((file) => file.endsWith(".js")).map((file) => stem(dist, file));
  if (sources.some((each) => !written.includes(each))) rmSync(path.join(dist, ".tsbuildinfo"), { force: true });
}

/** What a source and its outputs have in common: `sdk/index` of `sdk/index.ts` and `dist/sdk/index.js.map`. */
function stem(root, file) {
  return path.relative(root, file).replace(/(\.d)?\.(ts|js|js\.map)$/, "");
}

/** A digest of all that the build depends on. */
export function hashOfSources(repository) {
  const hash = createHash("sha256");
  const all = [
    ...sourceFiles(repository),
    ...["tsconfig.json", "package-lock.json", "test/bundle.mjs"].map((name) => path.join(repository, name)),
  ];
  for (const file of all.sort())
    hash
      .update(`${path.relative(repository, file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  return hash.digest("hex");
}

function sourceFiles(repository) {
  return SOURCES.flatMap((folder) => filesBelow(path.join(repository, folder), /\.ts$/));
}

function filesBelow(folder, pattern) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : filesBelow(file, pattern);
    return pattern.test(entry.name) ? [file] : [];
  });
}

/** Shows a line for a piece of work, one while it lasts, with a hint, and when it is done one with the time it took. */
async function step(report, what, hint, work) {
  report(`${what} ...`);
  const start = Date.now();
  const seconds = () => (Date.now() - start) / 1000;
  const timer = setInterval(() => report(`  still at it after ${seconds().toFixed(0)} s${hint}`), STILL_AT_IT);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  report(`  done in ${seconds().toFixed(1)} s`);
}

/** npm as it was called, or the one on the PATH. */
function runNpm(repository, args) {
  const { npm_execpath: caller } = process.env;
  if (caller !== undefined && path.basename(caller) === "npm-cli.js") {
    return run(process.execPath, [caller, ...args], repository);
  }
  // On Windows npm is a script for the shell.
  return run("npm", args, repository, { shell: process.platform === "win32" });
}

/** Runs a command to its end and keeps what it says. */
function run(command, args, cwd, options = {}) {
  return new Promise((resolve, reject) => {
    // The caller may be meant for production; tests need everything.
    const env = { ...process.env, NODE_ENV: "" };
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], windowsHide: true, ...options });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => (output += text));
    child.on("error", (error) => reject(new Problem(`${command} cannot be run: ${error.message}`)));
    child.on("close", (code) => resolve({ code, output }));
  });
}

function lastLines(text) {
  return text.trimEnd().split("\n").slice(-LAST_LINES).join("\n");
}

function read(repository, file) {
  return readFileSync(path.join(repository, file), "utf8");
}

function isLink(file) {
  return existsSync(file) && lstatSync(file).isSymbolicLink();
}

/** Prepares, and ends the process with a message where that fails. */
export async function prepareOrExit() {
  try {
    await prepare();
  } catch (error) {
    console.error(error instanceof Problem ? error.message : error);
    process.exit(1);
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(path.resolve(process.argv[1])).href) {
  void prepareOrExit();
}
