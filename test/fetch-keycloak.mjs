/*
 * Gets the Keycloak that the contract suite runs on where KEYCLOAK_HOME names it, from Maven Central and into a folder
 * that git ignores. Prints its folder, and on standard error what it does or why it cannot.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const REPOSITORY = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const VERSION = "26.4.7";
const ARTIFACT = `org.keycloak:keycloak-quarkus-dist:${VERSION}:zip`;
const UNPACK = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:unpack";
const OLDEST_JAVA = 17;
/** 155 MB; whoever cannot have them in this time goes without. */
const LONGEST_MS = 240_000;

/** Why it cannot be got, for people. */
class Problem extends Error {}

/** @returns the folder of Keycloak, which is got where it is not there yet */
export function fetchKeycloak(cache = path.join(REPOSITORY, ".cache"), report = console.error) {
  const home = path.join(cache, `keycloak-${VERSION}`);
  if (existsSync(path.join(home, "bin", "kc.sh"))) return home;
  checkJava();
  mkdirSync(cache, { recursive: true });
  // Unpacked elsewhere and moved, so that what was cut off is never taken for the whole.
  const unpacked = mkdtempSync(path.join(cache, "unpacking-"));
  try {
    report(`Getting Keycloak ${VERSION} from Maven Central ...`);
    // Run there, because the plugin notes where it runs what it has unpacked, and then does not do it again.
    run(
      "mvn",
      ["--batch-mode", "--quiet", UNPACK, `-Dartifact=${ARTIFACT}`, `-DoutputDirectory=${unpacked}`],
      unpacked,
    );
    rmSync(home, { recursive: true, force: true });
    renameSync(path.join(unpacked, `keycloak-${VERSION}`), home);
  } finally {
    rmSync(unpacked, { recursive: true, force: true });
  }
  return home;
}

function checkJava() {
  // Java tells its version on standard error: openjdk version "17.0.15" 2025-04-15
  const { stderr } = run("java", ["-version"]);
  const version = Number(/version "(?:1\.)?(\d+)/.exec(stderr)?.[1]);
  if (!(version >= OLDEST_JAVA)) {
    throw new Problem(`Keycloak needs Java ${OLDEST_JAVA} or newer, and this is ${stderr.split("\n")[0]}`);
  }
}

function run(command, args, cwd = REPOSITORY) {
  const stdio = ["ignore", "pipe", "pipe"];
  const done = spawnSync(command, args, { cwd, encoding: "utf8", timeout: LONGEST_MS, stdio });
  if (done.error?.code === "ENOENT") throw new Problem(`there is no ${command} here`);
  if (done.error?.code === "ETIMEDOUT") throw new Problem(`${command} took longer than ${LONGEST_MS / 1000} s`);
  if (done.status !== 0) {
    const said = `${done.stdout}${done.stderr}`.split("\n").find((line) => line.includes("ERROR"));
    throw new Problem(`${command} failed: ${said ?? `exit code ${done.status}`}`);
  }
  return done;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  try {
    console.log(fetchKeycloak());
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    console.error(`Keycloak cannot be got: ${error.message}.`);
    process.exitCode = 1;
  }
}
