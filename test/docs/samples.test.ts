import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import { REPOSITORY } from "../repository.js";

interface Sample {
  /** Where it stands, for the test's name. */
  readonly place: string;
  readonly code: string;
}

/** What the examples of doc comments may take for granted. */
const PRELUDE = `
import * as pulumi from "@pulumi/pulumi";
import { civis, databricks, glean, heimdall, keycloak, postgres } from "pulumi-roster";
declare const ana: postgres.User, analysts: postgres.Group, app: postgres.Database;
declare const read: heimdall.Action, viewer: heimdall.Role, desk: heimdall.Group;
declare const server: { address: pulumi.Output<string>; adminPassword: pulumi.Output<string> };
`;

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

/** The blocks of one language in the Markdown files of the root and of docs/: each is a program of its own. */
function markdownSamples(language: "ts" | "js"): Sample[] {
  const pages = (folder: string): string[] =>
    readdirSync(join(REPOSITORY, folder))
      .filter((name) => name.endsWith(".md"))
      .map((name) => join(folder, name));
  const files = [...pages("."), ...pages("docs")];
  return files.flatMap((name) => {
    const text = readFileSync(join(REPOSITORY, name), "utf8");
    return [...text.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, "g"))].map((match) => ({
      place: `${name}:${String(lineOf(text, match.index))}`,
      code: match[1] ?? "",
    }));
  });
}

/** The examples in the doc comments of the sdk. */
function docSamples(): Sample[] {
  const files = readdirSync(join(REPOSITORY, "sdk"), { recursive: true, encoding: "utf8" });
  return files
    .filter((name) => name.endsWith(".ts"))
    .flatMap((name) => {
      const file = join(REPOSITORY, "sdk", name);
      const text = readFileSync(file, "utf8");
      return [...text.matchAll(/ \* @example\n((?: \*(?! @|\/).*\n)+)/g)].map((match) => ({
        place: `${relative(REPOSITORY, file)}:${String(lineOf(text, match.index))}`,
        code: `${PRELUDE}{\n${(match[1] ?? "").replace(/^ \* ?/gm, "")}\n}`,
      }));
    });
}

/** Modules are JavaScript, which does not say that a variable may be missing. */
const MODULES: ts.CompilerOptions = { allowJs: true, checkJs: true, strict: false };

/** Compiles samples as files of the examples folder, so that they find the package by its name as a program does. */
function errorsOf(samples: readonly Sample[], extension: "ts" | "cjs"): Map<string, string[]> {
  const config = ts.readConfigFile(join(REPOSITORY, "tsconfig.json"), (file) => ts.sys.readFile(file));
  const ours = ts.parseJsonConfigFileContent(config.config, ts.sys, REPOSITORY).options;
  const options = extension === "ts" ? ours : { ...ours, ...MODULES };
  const sources = new Map(
    samples.map((sample, index) => [join(REPOSITORY, "examples", `sample-${String(index)}.${extension}`), sample]),
  );
  const host = ts.createCompilerHost({ ...options, noEmit: true });
  const readFile = host.readFile.bind(host);
  const fileExists = host.fileExists.bind(host);
  host.readFile = (file) => sources.get(file)?.code ?? readFile(file);
  host.fileExists = (file) => sources.has(file) || fileExists(file);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (file, ...rest) => {
    const sample = sources.get(file);
    return sample === undefined
      ? getSourceFile(file, ...rest)
      : ts.createSourceFile(file, sample.code, ts.ScriptTarget.ES2022, true);
  };
  const program = ts.createProgram([...sources.keys()], { ...options, noEmit: true }, host);
  return new Map(
    [...sources].map(([file, sample]) => [
      sample.place,
      ts
        .getPreEmitDiagnostics(program, program.getSourceFile(file))
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")),
    ]),
  );
}

describe("code samples", function () {
  this.timeout(60_000);
  const samples = [...markdownSamples("ts"), ...docSamples()];
  const modules = markdownSamples("js");
  let errors: Map<string, string[]>;

  before(() => {
    const wrong = {
      place: "a sample that is wrong",
      code: 'import { postgres } from "pulumi-roster"; new postgres.User("x", {});',
    };
    const wrongModule = {
      place: "a module that is wrong",
      code: 'const { RedshiftClient } = require("@aws-sdk/client-redshift"); new RedshiftClient({}).send({});',
    };
    errors = new Map([...errorsOf([...samples, wrong], "ts"), ...errorsOf([...modules, wrongModule], "cjs")]);
  });

  it("are found in the README and in the sdk", () => {
    assert.ok(samples.some(({ place }) => place.startsWith("README.md")));
    assert.ok(samples.some(({ place }) => place.startsWith("sdk/postgres/user.ts")));
  });

  it("would be refused if they did not compile", () => {
    assert.match(errors.get("a sample that is wrong")?.join() ?? "", /name/);
    assert.match(errors.get("a module that is wrong")?.join() ?? "", /Command/);
  });

  for (const { place } of [...samples, ...modules]) {
    it(`${place} compiles`, () => {
      assert.deepEqual(errors.get(place), []);
    });
  }
});
