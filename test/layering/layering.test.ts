import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { REPOSITORY } from "../repository.js";
import { importsOf, packageOf, parse, readSources, type Import } from "./imports.js";
import { cycles, reachable, SHARED_WITH_PROGRAMS, systemOf, violations } from "./rules.js";

const FOLDERS = ["provider", "sdk", "examples", "test"].filter((each) => existsSync(path.join(REPOSITORY, each)));
const ENTRIES = ["provider/index.ts", "sdk/main.ts", "sdk/roster/cli.ts"];

const manifest = JSON.parse(readFileSync(path.join(REPOSITORY, "package.json"), "utf8")) as {
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
};

describe("layering", () => {
  const sources = readSources(REPOSITORY, FOLDERS);
  const imports = sources.flatMap(importsOf);
  const shipped = sources.filter(({ file }) => /^(provider|sdk)\//.test(file));

  it("holds for every import", () => {
    assert.ok(imports.length > 100, "the imports are found");
    assert.deepEqual(violations(imports), []);
  });

  it("has no two files that import each other, directly or by way of others", () => {
    assert.deepEqual(cycles(imports), []);
  });

  it("has no import that leads nowhere", () => {
    const files = new Set(sources.map(({ file }) => file));
    const lost = imports.filter(({ to, relative }) => relative && !files.has(to));
    assert.deepEqual(lost, []);
  });

  it("ships no file that nothing uses", () => {
    const used = reachable(imports, ENTRIES);
    assert.deepEqual(
      shipped.map(({ file }) => file).filter((file) => !used.has(file)),
      [],
    );
  });

  it("ships only what needs packages that users get with it", () => {
    const known = new Set([...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)]);
    const others = imports.filter(
      ({ from, to, relative }) =>
        /^(provider|sdk)\//.test(from) && !relative && !to.startsWith("node:") && !known.has(packageOf(to)),
    );
    assert.deepEqual(others, []);
  });

  it("shares with programs only what they use", () => {
    const inPrograms = (file: string): boolean => file.startsWith("sdk/") || SHARED_WITH_PROGRAMS[file] !== undefined;
    const used = new Set(imports.filter(({ from }) => inPrograms(from)).map(({ to }) => to));
    for (const file of Object.keys(SHARED_WITH_PROGRAMS))
      assert.ok(used.has(file), `${file} is used neither by sdk/ nor by what is shared with it`);
  });

  it("has each resource in files of the same name in provider/ and sdk/", () => {
    const inProvider = shipped.filter(({ file, text }) => systemOf(file) && definesResource(file, text));
    const inSdk = shipped.filter(({ file, text }) => systemOf(file) && declaresResource(file, text));
    const names = (of: typeof shipped): string[] => of.map(({ file }) => file.replace(/^\w+\//, "")).sort();
    assert.ok(inSdk.length > 0, "resources are found");
    assert.deepEqual(names(inProvider), names(inSdk));
  });

  it("has a core whose code names no system", () => {
    const systems = new Set(shipped.flatMap(({ file }) => systemOf(file) ?? []));
    const named = shipped
      .filter(({ file }) => file.startsWith("provider/core/"))
      .flatMap(({ file, text }) => literals(file, text).map((literal) => ({ file, literal })))
      .filter(({ literal }) => [...systems].some((system) => new RegExp(`\\b${system}\\b`, "i").test(literal)));
    assert.deepEqual(named, []);
  });
});

describe("the rules of the layers", () => {
  for (const [file, text, rule] of [
    ["provider/core/dispatch.ts", 'import * as pulumi from "@pulumi/pulumi";', /^provider\/.*@pulumi\/pulumi/],
    ["provider/postgres/user.ts", 'import type { Output } from "@pulumi/pulumi/output";', /@pulumi\/pulumi/],
    ["provider/index.ts", 'export { User } from "../sdk/postgres/user.js";', /no other folder/],
    ["provider/core/plan.ts", 'import type { Catalog } from "../postgres/catalog.js";', /core knows no system/],
    ["provider/core/plan.ts", 'const load = () => import("../postgres/index.js");', /core knows no system/],
    ["sdk/core/resource.ts", 'import { User } from "../postgres/user.js";', /core knows no system/],
    ["provider/glean/people.ts", 'import { quote } from "../postgres/quote.js";', /no system knows another/],
    ["provider/postgres/user.ts", 'import pg from "pg";', /only a system's client/],
    ["provider/glean/people.ts", 'const axios = require("axios");', /only core\/http/],
    ["provider/glean/client.ts", 'import axios from "axios";', /only core\/http/],
    ["provider/core/http.ts", 'import pg from "pg";', /only a system's client/],
    ["provider/core/http.ts", 'import axios from "axios/lib/axios.js";', undefined],
    ["provider/glean/people.ts", 'import { openHttp } from "../core/http.js";', /speak HTTP/],
    ["provider/glean/client.ts", 'import { openHttp } from "../core/http.js";', undefined],
    ["provider/glean/people.ts", 'import type { Http } from "../core/http.js";', undefined],
    ["provider/postgres/client.ts", 'import pg from "pg";', undefined],
    ["provider/postgres/script.ts", 'import { type Submittable } from "pg";', undefined],
    ["sdk/civis/groupSync.ts", 'import { MemberLists } from "../postgres/memberLists.js";', undefined],
    ["sdk/civis/groupSync.ts", 'import { Action } from "../heimdall/action.js";', /no system knows another/],
    ["sdk/civis/getUsers.ts", 'import { MemberLists } from "../postgres/memberLists.js";', /no system knows another/],
    ["sdk/civis/getGroups.ts", 'const { readGroups } = await import("../../provider/civis/read.js");', undefined],
    [
      "sdk/civis/getGroups.ts",
      'const { openCivis } = await import("../../provider/civis/client.js");',
      /sdk\/ imports types/,
    ],
    ["sdk/postgres/user.ts", 'import { scram } from "../../provider/postgres/scram.js";', /sdk\/ imports types/],
    ["sdk/postgres/user.ts", 'export * from "../../provider/postgres/scram.js";', /sdk\/ imports types/],
    ["sdk/postgres/user.ts", 'import "../../provider/core/errors.js";', /sdk\/ imports types/],
    ["sdk/postgres/user.ts", 'import type { Role } from "../../provider/postgres/catalog.js";', undefined],
    ["sdk/postgres/user.ts", 'let a: import("../../provider/postgres/catalog.js").Role;', undefined],
    ["sdk/core/lists.ts", 'import { encodeNames } from "../../provider/core/lines.js";', undefined],
    ["provider/core/lines.ts", 'import { z } from "zod";', /what is shared/],
    ["sdk/databricks/dataProduct/evaluate.ts", 'import * as pulumi from "@pulumi/pulumi";', /without Pulumi/],
    ["sdk/postgres/user.ts", 'import { skip } from "../../test/skip.js";', /neither tests nor examples/],
    ["examples/quickstart/index.ts", 'import { postgres } from "../../sdk/index.js";', /by its name/],
    ["examples/quickstart/index.ts", 'import provider = require("pulumi-roster/provider");', /by its name/],
    ["examples/quickstart/index.ts", 'import { startPostgres } from "../../test/postgres/server.js";', /by its name/],
    ["examples/quickstart/run.ts", 'import { startPostgres } from "../../test/postgres/server.js";', undefined],
    ["examples/story/stage.ts", 'import { startPostgres } from "../../test/postgres/server.js";', undefined],
    ["examples/quickstart/index.ts", 'import { postgres } from "pulumi-roster";', undefined],
    ["test/engine/run.ts", 'import type { Entry } from "../../provider/core/lines.js";', /stands in for Pulumi/],
    ["test/engine/run.ts", 'import * as roster from "pulumi-roster";', /stands in for Pulumi/],
  ] as const) {
    it(`${rule ? "refuse" : "allow"} in ${file}: ${text}`, () => {
      const broken = violations(importsOf({ file, text }));
      if (rule) assert.match(broken.join("\n"), rule);
      else assert.deepEqual(broken, []);
    });
  }

  const uses = (...pairs: [string, string][]): Import[] =>
    pairs.map(([from, to]) => ({ from, to, relative: true, typeOnly: false }));

  it("find a circle of files wherever it is entered, once", () => {
    assert.deepEqual(cycles(uses(["x", "a"], ["a", "b"], ["b", "c"], ["c", "a"], ["y", "b"])), [["a", "b", "c", "a"]]);
    assert.deepEqual(cycles(uses(["a", "b"], ["a", "c"], ["b", "d"], ["c", "d"])), []);
    assert.deepEqual(cycles(uses(["a", "a"])), [["a", "a"]]);
  });

  it("find what can be reached and what cannot", () => {
    assert.deepEqual([...reachable(uses(["a", "b"], ["b", "c"], ["x", "y"]), ["a"])], ["a", "b", "c"]);
  });
});

/** A file of sdk/ with a class that Pulumi knows as a resource. */
function declaresResource(file: string, text: string): boolean {
  return parse(file, text).statements.some(
    (each) =>
      ts.isClassDeclaration(each) &&
      each.heritageClauses?.some((clause) => /\bCustomResource$/.test(clause.types[0]?.expression.getText() ?? "")),
  );
}

/** A file of provider/ that exports what `defineResource` made, what makes the parts of a directory, or a resource by its type. */
function definesResource(file: string, text: string): boolean {
  return parse(file, text).statements.some((each) =>
    /^export const \w+(: Resource = | = (define|directory)Resource\()/.test(each.getText()),
  );
}

/** Texts in the code, without comments. */
function literals(file: string, text: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      found.push(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(parse(file, text));
  return found;
}
