import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { ValidationSeverity, validate } from "dockerfile-utils";
import { parse } from "yaml";
import { REPOSITORY } from "../repository.js";

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

for (const example of ["postgres-users", "keycloak-glean"]) {
  describe(`the image of examples/${example}`, () => {
    const read = (name: string): string => readFileSync(path.join(REPOSITORY, "examples", example, name), "utf8");
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

    it("takes in no settings and no secrets, whatever lies in the folder", () => {
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
      assert.doesNotMatch([...copied, ...allowed].join(" "), /users\.yaml|secret|\benv|\.env|state/);
    });

    it("holds the project that the program's own Pulumi.yaml says", () => {
      const desk = parse(read("Pulumi.yaml")) as { name: string; main: string };
      const inside = parse(read("image/Pulumi.yaml")) as { name: string; main: string };
      assert.deepEqual([inside.name, inside.main], [desk.name, desk.main.replace(/ts$/, "js")]);
    });
  });
}
