import { spawnSync } from "node:child_process";
import { appendFileSync, copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** What the stand-ins of a runner's programs share; see jobs.ts. */
interface Options {
  readonly calls: string;
  readonly answers: string;
  readonly drift: string;
  readonly pulumi: readonly string[];
  readonly password: string;
  readonly cli: string;
}

/** Acts as one of the programs that a runner has. */
export function act(name: string, options: Options): void {
  const words = process.argv.slice(2);
  if (name === "gh" || name === "glab") service(words, options);
  else if (name === "jq") filter(words);
  else if (name === "aws") process.stdout.write(`${options.password}\n`);
  else if (name === "npx") roster(words, options);
  else if (name === "pulumi" && words[0] !== "login") run(options.pulumi, words);
}

function run([command = "", ...args]: readonly string[], words: readonly string[]): void {
  const { status } = spawnSync(command, [...args, ...words], { stdio: "inherit" });
  process.exitCode = status ?? 1;
}

/** The drift of a story is what the story says; everything else is the command itself. */
function roster(words: readonly string[], { cli, drift, pulumi }: Options): void {
  if (words[0] !== "roster") throw new Error(`npx ${words.join(" ")}`);
  process.env["ROSTER_PULUMI"] = JSON.stringify(pulumi);
  if (words[1] !== "drift") {
    run([process.execPath, cli], words.slice(1));
    return;
  }
  writeFileSync("drift.md", "members of staff: mallory");
  process.exitCode = Number(readFileSync(drift, "utf8"));
}

function service(words: readonly string[], { calls, answers }: Options): void {
  const text = words.join(" ");
  const file = words.flatMap((word, index) => {
    if (word === "--body-file") return [words[index + 1] ?? ""];
    return /^(?:body|description)=@(.+)$/.exec(word)?.slice(1) ?? [];
  })[0];
  const body = file === undefined ? "" : readFileSync(file, "utf8");
  appendFileSync(calls, `${JSON.stringify({ words: text, body })}\n`);
  // What was kept with the pull request, for whoever merges it.
  if (text.startsWith("run download")) copyFileSync("kept-plan.json", path.join(words.at(-1) ?? ".", "plan.json"));
  const known = existsSync(answers) ? (JSON.parse(readFileSync(answers, "utf8")) as Record<string, string>) : {};
  const found = Object.keys(known).find((start) => text.startsWith(start));
  if (found !== undefined)
    process.stdout.write(
      known[found]?.startsWith("@") ? readFileSync(known[found].slice(1), "utf8") : `${known[found] ?? ""}\n`,
    );
  else if (text.startsWith("api") && !text.includes("--method") && !text.includes("--jq")) process.stdout.write("[]\n");
}

type Entry = Readonly<Record<string, string | number>>;

/** The filters that the templates use; another one is an error. */
const FILTERS: Readonly<Record<string, (entries: readonly Entry[], marker: string) => string | number | undefined>> = {
  "first(flatten | .[] | select(.body | startswith($marker)) | .id)": (entries, marker) =>
    entries.find(({ body }) => String(body).startsWith(marker))?.["id"],
  'first(.[] | select(.name == "plan") | .id)': (entries) => entries.find(({ name }) => name === "plan")?.["id"],
  ".[0].sha // empty": ([first]) => first?.["sha"],
  ".[0].id // empty": ([first]) => first?.["id"],
  ".[0].iid // empty": ([first]) => first?.["iid"],
};

function filter(words: readonly string[]): void {
  const text = words.at(-1) ?? "";
  const known = FILTERS[text];
  if (known === undefined) throw new Error(`jq ${text}`);
  const entries = JSON.parse(readFileSync(0, "utf8")) as readonly Entry[];
  const found = known(entries, words[words.indexOf("--arg") + 2] ?? "");
  if (found !== undefined) process.stdout.write(`${String(found)}\n`);
}
