import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
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

/** Commands of a page that this package has not, and links to files that are not there. */
export function brokenIn(page: string): string[] {
  const text = readFileSync(path.join(REPOSITORY, "docs", page), "utf8");
  const { scripts } = JSON.parse(readFileSync(path.join(REPOSITORY, "package.json"), "utf8")) as {
    scripts: Readonly<Record<string, string>>;
  };
  const links = [...text.matchAll(/\]\(([^):#]+)(?:#[^)]*)?\)/g)].map(([, link = ""]) => link);
  const examples = [...text.matchAll(/npm run (example:[a-z-]+)/g)].map(([, script = ""]) => script);
  return [
    ...links.filter((link) => !existsSync(path.join(REPOSITORY, "docs", link))),
    ...examples.filter((script) => scripts[script] === undefined),
    ...rosterSyncs(text).flatMap((words) => {
      try {
        tryRoster(words);
        return [];
      } catch (error) {
        return [(error as Error).message];
      }
    }),
  ];
}

/** The words after `roster` wherever a page names `roster sync` with or without options. */
function rosterSyncs(page: string): string[][] {
  const found = [...page.matchAll(/\broster (sync(?: -[^`\n|>]*)?)(?=[`\n|>])/g)];
  return found.map(([, words = ""]) => words.trim().split(/\s+/));
}
