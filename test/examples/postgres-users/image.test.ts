import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { ValidationSeverity, validate } from "dockerfile-utils";
import { parse } from "yaml";
import { REPOSITORY } from "../../repository.js";
import { readYaml, type Manifest } from "./manifests.js";

const FOLDER = path.join(REPOSITORY, "examples/postgres-users");
const CLI = path.join(REPOSITORY, "dist/sdk/roster/cli.js");
const read = (name: string): string => readFileSync(path.join(FOLDER, name), "utf8");

/** What the linter says against a Dockerfile. */
function lint(text: string): string[] {
  const { ERROR } = ValidationSeverity;
  const settings = { deprecatedMaintainer: ERROR, instructionCasing: ERROR, instructionJSONInSingleQuotes: ERROR };
  return validate(text, settings).map(
    ({ message, range }) => `${String(range.start.line + 1)}: ${JSON.stringify(message)}`,
  );
}

/** The instructions of a Dockerfile's last stage, continued lines put together. */
function lastStage(text: string): string[] {
  const lines = text
    .replaceAll(/^#.*\n/gm, "")
    .replaceAll(/\\\n\s*/g, " ")
    .split("\n");
  return lines.slice(lines.findLastIndex((line) => line.startsWith("FROM "))).filter((line) => line !== "");
}

/** Runs `roster` with a pulumi that only tells its words: what the command line does not know, it refuses. */
function tryRoster(words: readonly string[]): string {
  const pulumi = JSON.stringify([process.execPath, "-e", "console.log(process.argv.slice(1).join(' '))", "--"]);
  return execFileSync(process.execPath, [CLI, ...words], {
    encoding: "utf8",
    cwd: FOLDER,
    env: { PATH: process.env["PATH"], PULUMI_STACK: "prod", ROSTER_PULUMI: pulumi },
  });
}

describe("the image of examples/postgres-users", () => {
  const text = read("Dockerfile");

  it("would be refused if the Dockerfile were wrong", () => {
    const wrong = text.replace("WORKDIR /app", "WORKDIR").replace("USER 1000:1000", "USR 1000\nMAINTAINER nobody");
    assert.ok(lint(wrong).length >= 3, lint(wrong).join("\n"));
  });

  it("has a Dockerfile that the linter finds nothing in", () => {
    assert.deepEqual(lint(text), []);
  });

  it("is made in stages, of images with a version, and is not root's", () => {
    const froms = [...text.matchAll(/^FROM (\S+)(?: AS (\S+))?$/gm)];
    assert.ok(froms.length >= 3);
    for (const [line, image = ""] of froms) assert.match(image, /:[^:]*\d|:\$\{\w+_VERSION\}/, line);
    for (const [, version] of text.matchAll(/^ARG \w+_VERSION(?:=(\S+))?$/gm)) assert.match(version ?? "", /^\d/);
    const stage = lastStage(text);
    assert.match(stage[0] ?? "", /-slim$/);
    assert.deepEqual(
      stage.filter((line) => line.startsWith("RUN ")),
      [],
      "nothing is built in what is shipped",
    );
    assert.ok(stage.indexOf("USER 1000:1000") > stage.findLastIndex((line) => line.startsWith("COPY ")));
  });

  it("takes in no users and no secrets, whatever lies in the folder", () => {
    const [everything, ...letIn] = read(".dockerignore")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    assert.equal(everything, "*");
    assert.ok(
      letIn.every((line) => line.startsWith("!")),
      letIn.join(),
    );
    const copied = [...text.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, names = ""]) => names.split(" "));
    const allowed = letIn.map((line) => line.slice(1));
    for (const name of copied)
      assert.ok(
        allowed.some((each) => name === each || name.startsWith(each)),
        name,
      );
    assert.doesNotMatch(copied.join(" "), /users\.yaml|secret/);
  });

  it("holds the project that the program's own Pulumi.yaml says", () => {
    const desk = parse(read("Pulumi.yaml")) as { name: string; main: string };
    const inside = parse(read("image/Pulumi.yaml")) as { name: string; main: string };
    assert.deepEqual([inside.name, inside.main], [desk.name, desk.main.replace(/ts$/, "js")]);
  });

  it("and the manifests run commands that roster knows", () => {
    const commands = [/^CMD (\[.*\])$/m.exec(text)?.[1]].map((each) => JSON.parse(each ?? "[]") as string[]);
    for (const name of ["cronjob", "on-change"]) {
      const manifest = JSON.stringify(readYaml<Manifest>(path.join(FOLDER, `kubernetes/${name}.yaml`)));
      const [, args = "[]"] = /"args":(\[[^\]]*\])/.exec(manifest) ?? [];
      commands.push(JSON.parse(args) as string[]);
    }
    assert.equal(commands.length, 3);
    for (const [program, ...words] of commands) {
      assert.equal(program, "roster");
      assert.match(tryRoster(words), /stack select prod --create [^]*up --yes --skip-preview --refresh --stack prod/);
    }
    assert.throws(() => tryRoster(["sync", "--creat"]), /unknown option/);
  });

  it("is documented with commands that are there", () => {
    const page = readFileSync(path.join(REPOSITORY, "docs/users-yaml.md"), "utf8");
    const blocks = [...page.matchAll(/```sh\n([^]*?)```/g)].map(([, block = ""]) => block.replaceAll(/\\\n\s*/g, " "));
    const lines = blocks.flatMap((block) => block.split("\n")).map((line) => line.replace(/\s+#.*$/, ""));
    const roster = [...page.matchAll(/\broster (sync(?: -[^`\n|>]*)?)(?=[`\n|>])/g)].map(([, words = ""]) => words);
    assert.ok(roster.length >= 2, roster.join());
    for (const words of roster) tryRoster(words.trim().split(/\s+/));
    const { scripts } = JSON.parse(readFileSync(path.join(REPOSITORY, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    for (const line of lines) {
      const [, script] = /^npm run (\S+)/.exec(line) ?? [];
      if (script !== undefined) assert.ok(scripts[script], script);
    }
    for (const [, link = ""] of page.matchAll(/\]\((\.\.?\/[^)#]+)\)/g)) {
      assert.ok(readdirSync(path.dirname(path.join(REPOSITORY, "docs", link))).includes(path.basename(link)), link);
    }
  });
});
