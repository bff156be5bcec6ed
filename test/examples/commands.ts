import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { REPOSITORY } from "../repository.js";

const CLI = path.join(REPOSITORY, "dist/sdk/roster/cli.js");

/** Runs `roster` with a pulumi that only tells its words: what the command line does not know, it refuses. */
export function tryRoster(words: readonly string[]): string {
  const pulumi = JSON.stringify([process.execPath, "-e", "console.log(process.argv.slice(1).join(' '))", "--"]);
  return execFileSync(process.execPath, [CLI, ...words], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], PULUMI_STACK: "prod", ROSTER_PULUMI: pulumi },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** The command that a Dockerfile's image runs. */
export function commandOf(dockerfile: string): string[] {
  const [, command] = /^CMD (\[.*\])$/m.exec(dockerfile) ?? [];
  return JSON.parse(command ?? "[]") as string[];
}

/** The commands in a page's blocks for shells, a line each, without comments. */
export function shellLines(page: string): string[] {
  const blocks = [...page.matchAll(/```sh\n([^]*?)```/g)].map(([, block = ""]) => block.replaceAll(/\\\n\s*/g, " "));
  return blocks
    .flatMap((block) => block.split("\n"))
    .map((line) => line.replace(/\s+#.*$/, "").trim())
    .filter((line) => line !== "");
}

/** The words after `roster` wherever a page names `roster sync` with or without options. */
export function rosterSyncs(page: string): string[][] {
  const found = [...page.matchAll(/\broster (sync(?: -[^`\n|>]*)?)(?=[`\n|>])/g)];
  return found.map(([, words = ""]) => words.trim().split(/\s+/));
}

/** The scripts that `npm run` knows here. */
export function npmScripts(): Readonly<Record<string, string>> {
  const text = readFileSync(path.join(REPOSITORY, "package.json"), "utf8");
  return (JSON.parse(text) as { scripts: Record<string, string> }).scripts;
}
