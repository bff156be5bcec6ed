import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CONNECTION_LOST, MISSING_SETTING, RosterError } from "../../../provider/core/errors.js";
import { REPORT, report, reportDetail } from "../../../provider/core/report.js";

describe("reports", () => {
  let folder: string;
  const before = { [REPORT]: process.env[REPORT], LOG_LEVEL: process.env["LOG_LEVEL"] };
  const read = (): unknown[] =>
    readFileSync(path.join(folder, "report"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "roster-test-"));
    process.env[REPORT] = path.join(folder, "report");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  });

  it("are lines at the end of the file, each whole", () => {
    assert.equal(report({ kind: "fault", fault: "login" }), true);
    assert.equal(report({ kind: "count", what: "people\nread", count: 2 }), true);
    assert.deepEqual(read(), [
      { kind: "fault", fault: "login" },
      { kind: "count", what: "people\nread", count: 2 },
    ]);
  });

  it("go nowhere where nobody asked, or who asked is gone", () => {
    process.env[REPORT] = "";
    assert.equal(report({ kind: "fault", fault: "login" }), false);
    process.env[REPORT] = path.join(folder, "gone", "report");
    assert.equal(report({ kind: "fault", fault: "login" }), false);
  });

  it("hold details only where LOG_LEVEL asks for them", () => {
    process.env["LOG_LEVEL"] = "INFO";
    reportDetail(() => assert.fail("nobody wants to know"));
    process.env["LOG_LEVEL"] = "DEBUG";
    reportDetail(() => "GET /users");
    assert.deepEqual(read(), [{ kind: "note", level: "debug", text: "GET /users" }]);
  });
});

describe("the fault of an error", () => {
  for (const [code, fault] of [
    [MISSING_SETTING, "setting"],
    [CONNECTION_LOST, "unreachable"],
    ["HTTP 401", "login"],
    ["HTTP 403", "permission"],
    ["HTTP 400", undefined],
    [undefined, undefined],
  ] as const) {
    it(`is ${String(fault)} for ${String(code)}, also with a subject in front`, () => {
      assert.equal(new RosterError("no", { code }).about("it").fault, fault);
    });
  }

  it("is what the error itself says, where it says so", () => {
    assert.equal(new RosterError("no such realm", { code: "HTTP 404", fault: "place" }).fault, "place");
  });
});
