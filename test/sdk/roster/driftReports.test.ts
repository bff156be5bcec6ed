import assert from "node:assert/strict";
import fc from "fast-check";
import { changeOf, differences } from "../../../sdk/roster/driftChanges.js";
import { junitOf } from "../../../sdk/roster/driftJunit.js";
import { COMMENT_LIMITS, markdownOf } from "../../../sdk/roster/driftMarkdown.js";
import { driftReport, type DriftChange, type DriftReport } from "../../../sdk/roster/driftReport.js";
import { headline, textOf } from "../../../sdk/roster/driftText.js";
import type { PreviewStep } from "../../../sdk/roster/preview.js";

const step = (more: Partial<PreviewStep>): PreviewStep => ({
  urn: "urn:x",
  token: "postgres.User",
  system: "postgres",
  name: "mei",
  op: "update",
  id: "mei",
  stored: { name: "mei" },
  live: { name: "mei" },
  wanted: { name: "mei" },
  plan: ["ALTER ROLE mei NOCREATEDB;"],
  needs: [],
  ...more,
});

const CHANGE: DriftChange = {
  urn: "urn:x",
  token: "postgres.GroupMembers",
  name: "analysts",
  id: "analysts",
  kind: "changed",
  properties: [{ name: "members", added: ["tomas"], removed: ["chidi"] }],
  plan: ["REVOKE analysts FROM tomas;", "GRANT analysts TO chidi;"],
};

const report = (more: Partial<DriftReport["systems"][number]> = {}, all: Partial<DriftReport> = {}): DriftReport => ({
  format: 1,
  stacks: ["prod"],
  checkedAt: "2026-11-26T10:00:00.000Z",
  outcome: "drift",
  systems: [{ system: "postgres", outcome: "drift", changes: [CHANGE], unmanaged: [], problems: [], ...more }],
  problems: [],
  notes: [],
  repaired: [],
  ...all,
});

describe("what a step says", () => {
  it("tells what was changed by hand from what the program changes", () => {
    assert.equal(changeOf(step({ live: { name: "mei", createdb: true } })).kind, "changed");
    assert.equal(changeOf(step({ op: "create", live: undefined })).kind, "gone");
    assert.equal(changeOf(step({ op: "create", live: undefined, stored: undefined })).kind, "pending");
    assert.equal(changeOf(step({ wanted: { name: "mei", connectionLimit: 5 } })).kind, "pending");
    assert.equal(changeOf(step({ op: "delete", wanted: undefined })).kind, "pending");
    assert.equal(changeOf(step({})).kind, "changed", "a system that is compared when the program runs");
    const marked = changeOf(step({ wanted: { name: "mei", drifted: "x1" } }));
    assert.deepEqual([marked.kind, marked.properties], ["changed", []]);
  });

  it("decodes lists to names, nested ones by their way, and shows values as they are", () => {
    assert.deepEqual(differences({ members: "ana\nmei\n" }, { members: 'mei\t{"admin":true}\ntom\n' }), [
      { name: "members", added: ['mei {"admin":true}', "tom"], removed: ["ana", "mei"] },
    ]);
    assert.deepEqual(differences({ groups: { staff: "a\n" } }, { groups: { staff: "" } }), [
      { name: "groups.staff", added: [], removed: ["a"] },
    ]);
    assert.deepEqual(differences({ limit: 5 }, { createdb: true, note: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }), [
      { name: "createdb", added: [], removed: [], to: "true" },
      { name: "limit", added: [], removed: [], from: "5" },
      { name: "note", added: [], removed: [], to: "[not known yet]" },
    ]);
  });

  it("finds no difference between a thing and itself, and every name that came or went", () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/));
    fc.assert(
      fc.property(names, names, (before, after) => {
        const text = (of: readonly string[]): string => of.map((name) => `${name}\n`).join("");
        assert.deepEqual(differences({ list: text(before) }, { list: text(before) }), []);
        const [found = { added: [] as string[], removed: [] as string[] }] = differences(
          { list: text(before) },
          { list: text(after) },
        );
        const there = new Set([...before, ...found.added].filter((name) => !found.removed.includes(name)));
        if (text(before) !== text(after)) assert.deepEqual([...there].sort(), [...after].sort());
      }),
    );
  });
});

describe("reports of drift", () => {
  it("say in a terminal what changed, what repairs it and what could not be told", () => {
    const unmanaged = [
      { connection: "postgres", kind: "login", name: "eve", text: 'the login "eve"', remedy: "DROP ROLE eve;" },
    ];
    const text = textOf(
      report({ unmanaged, problems: ["nothing answers"] }, { notes: ["a note"], repaired: [CHANGE] }),
    );
    for (const line of [
      "postgres: drift",
      "  ~ postgres.GroupMembers analysts: changed by hand",
      "      + tomas",
      "        GRANT analysts TO chidi;",
      '  ! the login "eve"',
      "      to take it away: DROP ROLE eve;",
      "      nothing answers",
      "note: a note",
      "repaired:",
    ])
      assert.ok(text.split("\n").includes(line), `${line}\n${text}`);
    assert.match(
      text,
      /1 resource drifted; 1 thing that no stack manages; 1 resource repaired; could not tell for postgres\n$/,
    );
    assert.equal(headline(report({ changes: [] }, { outcome: "none" })), "no drift");
  });

  it("keep to the shipped schema", () => {
    assert.deepEqual(driftReport.parse(report()), report());
  });

  it("keep Markdown under the limits of comments, and count what does not fit", () => {
    const changes = Array.from({ length: 3000 }, (_, index) => ({ ...CHANGE, name: `group ${String(index)}` }));
    for (const limit of Object.values(COMMENT_LIMITS)) {
      const text = markdownOf(report({ changes }), limit);
      assert.ok(text.length <= limit, String(text.length));
      if (limit === COMMENT_LIMITS.github) assert.match(text, /_\d+ more do not fit in here/);
    }
    const huge = { ...CHANGE, plan: ["x".repeat(100_000)] };
    assert.match(markdownOf(report({ changes: [huge] })), /_1 more do not fit/);
  });

  it("let no name out of its place in Markdown", () => {
    const name = "a`b @everyone <img>";
    const text = markdownOf(report({ changes: [{ ...CHANGE, name, plan: ["```\n# head\n````"] }] }));
    assert.ok(text.includes("a\\`b @\u200beveryone \\<img\\>"), text);
    assert.ok(text.includes("`````sql\n```\n# head\n````\n`````"), text);
  });

  it("are JUnit XML: suites that count their tests, and texts that cannot end an element", () => {
    const evil = `<&>"'\u0000\u001b]]>`;
    const xml = junitOf(report({ changes: [{ ...CHANGE, name: evil }], problems: [evil] }, { problems: ["no stack"] }));
    assert.match(
      xml,
      /<testsuite name="postgres" tests="2" failures="1" errors="1" skipped="0" time="0" timestamp="2026-11-26T10:00:00">/,
    );
    assert.match(xml, /<testsuite name="roster" tests="1" failures="0" errors="1"/);
    assert.ok(xml.includes("&lt;&amp;&gt;&quot;'\ufffd\ufffd]]&gt;"), xml);
    assert.ok(wellFormed(xml), xml);
    const clean = junitOf(report({ changes: [], outcome: "none" }, { outcome: "none" }));
    assert.match(
      clean,
      /tests="1" failures="0" errors="0".*\n.*<testcase name="postgres is as declared" classname="roster.postgres" time="0"\/>/,
    );
  });

  it("are well-formed XML whatever names there are", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (name) => {
        assert.ok(wellFormed(junitOf(report({ changes: [{ ...CHANGE, name, plan: [name] }], problems: [name] }))));
      }),
    );
  });
});

/** Whether elements nest as JUnit's schema has them and every text is one that XML can hold. */
function wellFormed(xml: string): boolean {
  const open: string[] = [];
  const inside: Readonly<Record<string, string>> = {
    testsuites: "",
    testsuite: "testsuites",
    testcase: "testsuite",
    failure: "testcase",
    error: "testcase",
  };
  const body = xml.replace(/^<\?xml[^>]*\?>\n/, "");
  const rest = body.replace(/<(\/?)([a-z]+)((?: [a-z]+="[^"<&]*(?:&[#a-z0-9]+;[^"<&]*)*")*)(\/?)>/g, (...match) => {
    const [, closes, name = "", , empty] = match as string[];
    if (closes === "/") {
      if (open.pop() !== name) throw new Error(`</${name}> ends what was not begun`);
    } else {
      if ((open.at(-1) ?? "") !== inside[name]) throw new Error(`${name} in ${open.at(-1) ?? "nothing"}`);
      if (empty !== "/") open.push(name);
    }
    return "";
  });
  // eslint-disable-next-line no-control-regex -- what XML cannot hold is looked for
  return open.length === 0 && !/[<\u0000-\u0008\u000b\u000c\u000e-\u001f]|&(?!(?:amp|lt|gt|quot|#\d+);)/.test(rest);
}
