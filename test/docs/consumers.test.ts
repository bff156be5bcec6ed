import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { addConsumers } from "../../sdk/roster/commands/consumers.js";
import { REPOSITORY } from "../repository.js";
import type { Scene } from "../sdk/roster/consumers/scene.js";
import { skip } from "../skip.js";
import { outputOf, startStory } from "./consumersStory.js";

const PAGE = readFileSync(join(REPOSITORY, "docs/consumers.md"), "utf8");
/** The document whose sentences the page's table points to what keeps them. */
const DOCUMENT = join(REPOSITORY, "../shared/systems/4-databricks-consumers.md");
const SECTIONS = [
  "Parameters",
  "Examples",
  "What This Command Does",
  "Generated Management Interface",
  "Consumer Lifecycle Management",
  "Monitoring and Analytics",
  "Best Practices",
  "Security Considerations",
  "Troubleshooting",
];
/** A bullet, a number, a line with a bold word, an example; a comment of SQL, a docstring of one line, a key of the form. */
const SENTENCE = /^(?:- (.+)|\d+\. (.+)|(\*\*.+)|### (Example .+)|\s*-- (.+)|\s*"""(.+)"""|([a-z_]+):.*)$/;

describe("docs/consumers.md", () => {
  describe("shows what the commands write:", function () {
    this.timeout(60_000);
    let scene: Scene;
    before(async () => {
      scene = await startStory();
    });
    after(() => scene.end());

    for (const [, text = ""] of PAGE.matchAll(/```(?:text|yaml)\n(\$ [\s\S]*?)```/g)) {
      const [command = "", ...shown] = text.trimEnd().split("\n");
      it(command, async () => {
        const written = (await outputOf(scene, command)).trimEnd().split("\n");
        assert.ok(isShown(shown, written), `the page shows something else than\n${written.join("\n")}`);
      });
    }
  });

  it("has all options of the command, and those of the document", () => {
    const program = new Command();
    addConsumers(program, { environment: {}, done: () => undefined });
    const command = program.commands[0];
    const flags = command?.options.map(({ long }) => long ?? "") ?? [];
    const inTable = [...PAGE.matchAll(/`(--[a-z-]+)(?: [^`]*)?`/g)].map(([, flag = ""]) => flag);
    assert.deepEqual(
      flags.filter((flag) => !inTable.includes(flag)),
      [],
      "not on the page",
    );
    assert.deepEqual(
      inTable.filter((flag) => !flags.includes(flag)),
      [],
      "not of the command",
    );
    for (const option of ["--action", "--consumer", "--status", "--generate-report", "--reason"]) {
      assert.ok(flags.includes(option), option);
    }
  });

  it("points to files and tests that are there", () => {
    const rows = tableRows();
    assert.ok(rows.length > 30);
    for (const [sentence, keeps = "", shown = ""] of rows) {
      const points = shown.split("<br>").map((each) => /^`([^`]+)`(?:: (.+))?$/.exec(each.trim()));
      for (const point of points) {
        const [, file = "", title] = point ?? [];
        assert.ok(existsSync(join(REPOSITORY, file)), `${String(sentence)}: ${shown} names no file`);
        const isThere = title === undefined || readFileSync(join(REPOSITORY, file), "utf8").includes(`it("${title}`);
        assert.ok(isThere, `${file} has no test ${String(title)}`);
      }
      for (const [, file = ""] of keeps.matchAll(/`([\w./-]+\.(?:yml|md|ts))`/g)) {
        assert.ok(file === "product.yaml" || existsSync(join(REPOSITORY, file)), `${file} is not there`);
      }
    }
  });

  it("has a row for each sentence of the document", function () {
    if (!existsSync(DOCUMENT)) skip(this, "the document is not beside the repository");
    const sentences = sentencesOf(readFileSync(DOCUMENT, "utf8"));
    assert.equal(sentences.length, 72);
    assert.deepEqual(
      tableRows().map(([sentence]) => sentence),
      sentences,
    );
  });
});

/** Whether lines are those that were written; `...` stands for lines that are left out. */
function isShown(shown: readonly string[], written: readonly string[]): boolean {
  const left = shown.indexOf("...");
  if (left === -1) return shown.join("\n") === written.join("\n");
  if (shown.slice(0, left).join("\n") !== written.slice(0, left).join("\n")) return false;
  const rest = shown.slice(left + 1);
  const from = Array.from({ length: written.length - left + 1 }, (_, skipped) => left + skipped);
  return from.some((index) => isShown(rest, written.slice(index)));
}

/** The rows of the tables that have a sentence of the document in front. */
function tableRows(): string[][] {
  const [, part = ""] = PAGE.split("## What keeps each sentence of the document");
  return part
    .split("\n")
    .filter((line) => line.startsWith("| ") && !/^\| (-|The document)/.test(line))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** What each section says, in the order of the document, without marks. */
function sentencesOf(document: string): string[] {
  return SECTIONS.flatMap((name) => {
    const [, rest = ""] = document.split(`\n## ${name}\n`);
    const [section = ""] = rest.split("\n## ");
    return section.split("\n").flatMap((line) => {
      const sentence = SENTENCE.exec(line)?.slice(1).find(Boolean);
      return sentence === undefined ? [] : [sentence.replaceAll("**", "")];
    });
  });
}
