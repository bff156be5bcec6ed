import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parsePreview, runPreview, type Preview } from "../../../sdk/roster/preview.js";

const loader = (token: string): string =>
  `exports.handler=()=>require("module").createRequire(process.cwd()+"/")("pulumi-roster/provider")("${token}")`;
const urn = (name: string): string => `urn:pulumi:dev::e2e::pulumi-nodejs:dynamic/postgres:User::${name}`;
const STACK = "urn:pulumi:dev::e2e::pulumi:pulumi:Stack::e2e-dev";

/** A state as Pulumi prints it. */
const state = (inputs: object, more: object = {}): object => ({
  inputs: { __provider: loader("postgres.User"), ...inputs },
  ...more,
});

/** What Pulumi CLI 3.260 prints, cut to what matters: a refresh shows what is stored, and later steps what is live. */
const DRIFT = JSON.stringify({
  steps: [
    { op: "refresh", urn: STACK, oldState: {}, newState: {} },
    ...["mei", "gone", "left"].map((name) => ({
      op: "refresh",
      urn: urn(name),
      oldState: state({ name }, { id: name }),
      newState: state({ name }, { id: name }),
    })),
    { op: "same", urn: STACK, oldState: {}, newState: {} },
    { op: "create", urn: urn("gone"), newState: state({ name: "gone", plan: ["CREATE ROLE gone LOGIN;"] }) },
    {
      op: "update",
      urn: urn("mei"),
      oldState: state({ name: "mei", createdb: true }, { id: "mei" }),
      newState: state({ name: "mei", plan: ["ALTER ROLE mei NOCREATEDB;"] }, { dependencies: ["a"], parent: STACK }),
    },
    { op: "delete", urn: urn("left"), oldState: state({ name: "left" }, { id: "left" }) },
    { op: "update", urn: `${STACK}s`, oldState: { inputs: { a: 1 } }, newState: { inputs: { a: 2 } } },
  ],
  diagnostics: [
    { message: "postgres.User: said\n\n", severity: "info#err" },
    { urn: urn("mei"), message: "warning: a word\n", severity: "warning" },
  ],
  changeSummary: { create: 1, update: 1, delete: 1, same: 1 },
});

describe("parsePreview", () => {
  it("tells what is stored, what is live, what is wanted and what would run", () => {
    const { whole, steps, counts, errors, warnings } = parsePreview(DRIFT);
    assert.ok(whole);
    assert.deepEqual(errors, []);
    assert.deepEqual(warnings, [{ urn: urn("mei"), text: "a word" }]);
    assert.deepEqual(counts, { create: 1, update: 1, delete: 1, same: 1 });
    const [gone, mei, left, ...rest] = steps;
    assert.deepEqual(rest, [], "resources that are not of Roster");
    assert.deepEqual([gone?.op, gone?.stored, gone?.live], ["create", { name: "gone" }, undefined]);
    assert.deepEqual(mei, {
      urn: urn("mei"),
      token: "postgres.User",
      system: "postgres",
      name: "mei",
      op: "update",
      id: "mei",
      stored: { name: "mei" },
      live: { name: "mei", createdb: true },
      wanted: { name: "mei" },
      plan: ["ALTER ROLE mei NOCREATEDB;"],
      needs: ["a", STACK],
    });
    assert.deepEqual(
      [left?.op, left?.live, left?.wanted, left?.plan],
      ["delete", { name: "left" }, undefined, undefined],
    );
  });

  it("gives the reasons of one that failed by resource, and the run's own only where it is the only one", () => {
    const failed = (diagnostics: object[]): Preview =>
      parsePreview(JSON.stringify({ diagnostics: diagnostics.map((each) => ({ severity: "error", ...each })) }));
    const last = { message: "error: preview failed\n" };
    const one = failed([{ urn: urn("mei"), message: "error: Preview failed: nothing answers\n  answer: no\n" }, last]);
    assert.equal(one.whole, false);
    assert.deepEqual(one.errors, [{ urn: urn("mei"), text: "nothing answers\n  answer: no" }]);
    assert.deepEqual(failed([last]).errors, [{ urn: undefined, text: "preview failed" }]);
  });

  it("takes what is no JSON for a preview that saw nothing", () => {
    assert.deepEqual([parsePreview("").whole, parsePreview("Please log in").steps], [false, []]);
  });
});

describe("runPreview", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "roster-preview-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const run = (script: string, more: object = {}): Promise<Preview> => {
    const file = path.join(folder, "pulumi.cjs");
    writeFileSync(file, script);
    const pulumi = { command: process.execPath, args: [file] };
    return runPreview({ cwd: folder, stack: "prod", pulumi, refresh: true, ...more });
  };

  it("asks for one stack, and for some resources or all but some", async () => {
    const said = `console.log(JSON.stringify({ diagnostics: [{ severity: "warning", message: process.argv.slice(2).join(" ") }] }))`;
    const { warnings } = await run(said, { targets: ["a", "b"], excluded: ["c"] });
    assert.equal(
      warnings[0]?.text,
      "preview --json --refresh --stack prod --target a --target b --exclude c --non-interactive --color never",
    );
  });

  it("says why one could not begin, and whether another run holds the stack", async () => {
    const { whole, errors, locked } = await run(
      `console.error("error: no stack named 'prod' found"); process.exit(255)`,
    );
    assert.deepEqual([whole, locked, errors.length, errors[0]?.urn], [false, false, 1, undefined]);
    assert.match(
      errors[0]?.text ?? "",
      /^the stack prod cannot be read\n.*no stack named 'prod' found\n.*pulumi stack ls/,
    );
    const strange = await run(`console.error("warning: x\\nerror: out of luck"); process.exit(255)`);
    assert.deepEqual(strange.errors, [{ urn: undefined, text: "out of luck" }]);
    const held = await run(`console.error("error: the stack is currently locked by 1 lock(s)."); process.exit(255)`);
    assert.equal(held.locked, true);
    assert.match((await run("process.exit(3)")).errors[0]?.text ?? "", /Pulumi ended with code 3/);
  });

  it("rejects where there is no Pulumi", async () => {
    await assert.rejects(
      run("", { pulumi: { command: path.join(folder, "none"), args: [] } }),
      /install the Pulumi CLI .* ROSTER_PULUMI/,
    );
  });
});
