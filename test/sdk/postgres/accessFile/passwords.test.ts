import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  candidatesFor,
  findPasswords,
  variableOf,
  type PasswordSources,
} from "../../../../sdk/postgres/accessFile/passwords.js";

describe("passwords for the users of a file", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "roster-secrets-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const mount = (name: string, text: string): void => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  const find = (user: string, sources: Partial<PasswordSources> = {}): unknown =>
    findPasswords([user], { given: {}, folder, prefix: "DB_", environment: {}, ...sources }).passwords.get(user);

  for (const file of [
    "app_reader/password",
    "app_reader-secret/password",
    "app-reader-secret/password",
    "app-reader/password",
    "app_reader",
    "app-reader",
  ]) {
    it(`are found in ${file}`, () => {
      mount(file, "reader123");
      assert.equal(find("app_reader"), "reader123");
    });
  }

  it("are taken from the program first, then from a file, then from the environment", () => {
    const environment = { DB_ANA: "from the environment" };
    assert.equal(find("ana", { environment }), "from the environment");
    mount("ana", "from a file");
    assert.equal(find("ana", { environment }), "from a file");
    assert.equal(find("ana", { environment, given: { ana: "from the program" } }), "from the program");
  });

  it("lose the line break at the end of a file, and nothing else", () => {
    for (const [text, password] of [
      ["p\n", "p"],
      ["p\r\n", "p"],
      ["p\n\n", "p\n"],
      [" p ", " p "],
    ] as const) {
      mount("ana", text);
      assert.equal(find("ana"), password);
    }
  });

  it("that are an empty file are refused, which names it; an empty variable is none", () => {
    mount("ana", "\n");
    assert.throws(() => find("ana"), /ana is empty: write the password of "ana" into it/);
    assert.equal(find("rui", { environment: { DB_RUI: "" } }), undefined);
  });

  it("are looked for nowhere outside the folder", () => {
    assert.deepEqual(candidatesFor(folder, "../ana"), []);
    assert.deepEqual(candidatesFor(folder, "..\\ana"), []);
    assert.deepEqual(candidatesFor(folder, ".."), []);
  });

  it("have variables that a shell can set, also for names with other characters", () => {
    assert.equal(variableOf("ROSTER_PASSWORD_", "ana.silva@x"), "ROSTER_PASSWORD_ANA_SILVA_X");
  });

  it("tell who has none", () => {
    mount("ana", "p");
    const { without } = findPasswords(["ana", "rui"], { given: {}, folder, prefix: "DB_", environment: {} });
    assert.deepEqual(without, ["rui"]);
  });
});
