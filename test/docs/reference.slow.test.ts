import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { REPOSITORY } from "../repository.js";

const COMMITTED = join(REPOSITORY, "docs", "reference", "postgres");
/** Within the repository, so that it is formatted as the committed one is. */
const FRESH = join(REPOSITORY, "dist", "reference", "postgres");

/** The files of a folder by their path in it. */
function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".md"));
  return Object.fromEntries(
    names.map((name) => [name.replaceAll("\\", "/"), readFileSync(join(folder, name), "utf8")]),
  );
}

/** What programs can import of a system. */
function exportsOf(file: string): string[] {
  const program = ts.createProgram([file], {
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  return module === undefined ? [] : checker.getExportsOfModule(module).map(({ name }) => name);
}

describe("reference of postgres", function () {
  this.timeout(180_000);
  let fresh: Record<string, string>;

  before(() => {
    rmSync(FRESH, { recursive: true, force: true });
    const typedoc = join(REPOSITORY, "node_modules", "typedoc", "bin", "typedoc");
    // Fails by itself where something that is exported has no doc comment (typedoc.json).
    execFileSync(process.execPath, [typedoc, "--out", FRESH], { cwd: REPOSITORY, stdio: "pipe" });
    fresh = filesOf(FRESH);
  });
  after(() => {
    rmSync(FRESH, { recursive: true, force: true });
  });

  it("is what the doc comments say now; npm run docs writes it", () => {
    assert.deepEqual(filesOf(COMMITTED), fresh);
  });

  it("has a page for everything that programs can import", () => {
    const exported = exportsOf(join(REPOSITORY, "sdk", "postgres", "index.ts"));
    assert.ok(exported.length > 20, "the exports are found");
    const pages = Object.keys(fresh).map((name) => name.replace(/^.*\/|\.md$/g, ""));
    assert.deepEqual(
      exported.filter((name) => !pages.includes(name)),
      [],
    );
  });
});
