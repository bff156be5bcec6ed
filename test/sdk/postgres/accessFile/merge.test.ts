import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { objectPrivilegesOf } from "../../../../sdk/postgres/accessFile/grants.js";
import { mergeFiles, type Merged } from "../../../../sdk/postgres/accessFile/merge.js";
import { readUsersFiles } from "../../../../sdk/postgres/accessFile/read.js";

describe("files with users", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "roster-users-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const write = (name: string, text: string): string => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  const merged = (...names: string[]): Merged => {
    const { files, problems } = readUsersFiles(names);
    const all = mergeFiles(files);
    return { ...all, problems: [...problems, ...all.problems] };
  };

  it("hold the example of the document", () => {
    const file = write(
      "users.yaml",
      "- username: newuser\n  databases: [newdb]\n  privileges: ALL\n- username: app_reader\n  databases: [reports]\n  privileges: SELECT\n",
    );
    assert.deepEqual(merged(file), {
      users: [
        { name: "newuser", notes: undefined },
        { name: "app_reader", notes: undefined },
      ],
      groups: [],
      databases: [{ name: "newdb", owner: "newuser" }, { name: "reports" }],
      grants: [
        { to: "newuser", database: "newdb", schemas: ["public"], privileges: "ALL" },
        { to: "app_reader", database: "reports", schemas: ["public"], privileges: "SELECT" },
      ],
      objectGrants: [],
      problems: [],
    });
  });

  it("grant what is in no schema too, each object once, and refuse what is said twice", () => {
    const file = write(
      "users.yaml",
      `grants:
  - { to: ana, on: foreign server, objects: [erp, crm], databases: [a, b], until: 2027-01-31 }
  - { to: ana, on: parameter, objects: [work_mem] }
  - { to: ana, on: foreign server, objects: [erp], databases: [b] }
`,
    );
    const { objectGrants, problems } = merged(file);
    assert.deepEqual(
      objectGrants.map(({ on, object, database }) => [on, object, database]),
      [
        ["foreign server", "erp", "a"],
        ["foreign server", "erp", "b"],
        ["foreign server", "crm", "a"],
        ["foreign server", "crm", "b"],
        ["parameter", "work_mem", undefined],
      ],
    );
    assert.deepEqual(
      problems.map(({ line, message }) => [line, message.replace(folder, "")]),
      [
        [
          4,
          'the grant to "ana" on foreign server "erp" in database "b" stands in /users.yaml:2:46 already: keep one of them',
        ],
      ],
    );
    assert.deepEqual(objectPrivilegesOf(objectGrants).slice(3), [
      {
        to: [{ name: "ana", until: "2027-01-31" }],
        databases: "b",
        on: "foreign server",
        objects: ["crm"],
        privileges: ["USAGE"],
      },
      { to: ["ana"], on: "parameter", objects: ["work_mem"], privileges: ["SET"] },
    ]);
  });

  it("may give one user several databases, each with its privileges", () => {
    const file = write(
      "users.yaml",
      "- username: ana\n  databases: [a]\n  privileges: all\n- username: ana\n  databases: [b]\n  privileges: select\n",
    );
    const { users, grants, problems } = merged(file);
    assert.deepEqual([users.length, problems], [1, []]);
    assert.deepEqual(
      grants.map(({ to, database, privileges }) => [to, database, privileges]),
      [
        ["ana", "a", "ALL"],
        ["ana", "b", "SELECT"],
      ],
    );
  });

  it("have no owner for a database in which two may do everything, or that the full format declares", () => {
    const two = write(
      "1.yaml",
      "- { username: ana, databases: [a], privileges: ALL }\n- { username: rui, databases: [a, b], privileges: ALL }\n",
    );
    const full = write("2.json", JSON.stringify({ databases: [{ name: "b", owner: "dba" }] }));
    assert.deepEqual(merged(two, full).databases, [{ name: "b", owner: "dba" }, { name: "a" }]);
  });

  it("say everything in the full format", () => {
    const file = write(
      "all.yaml",
      [
        "# yaml-language-server: $schema=users.schema.json",
        "users:",
        "  - name: ana",
        "    groups: [analysts, { name: on-call, until: 2027-01-31, admin: true, notes: covers for rui }]",
        "    validUntil: 2027-06-30",
        "    onRemove: disable",
        "    notes: Ana of finance",
        "  - name: batch",
        "    login: false",
        "groups:",
        "  - name: analysts",
        "    notes: who reads reports",
        "  - name: on-call",
        "databases:",
        "  - { name: reports, owner: batch, notes: nightly }",
        "grants:",
        "  - { to: analysts, databases: [reports, sales], privileges: SELECT, schemas: [public, app], until: 2027-03-31 }",
      ].join("\n"),
    );
    const { users, groups, databases, grants, problems } = merged(file);
    assert.deepEqual(problems, []);
    assert.deepEqual(users, [
      { name: "ana", validUntil: "2027-06-30", onRemove: "disable", notes: "Ana of finance" },
      { name: "batch", login: false },
    ]);
    assert.deepEqual(groups, [
      { name: "analysts", notes: "who reads reports", members: [{ name: "ana" }] },
      { name: "on-call", members: [{ name: "ana", until: "2027-01-31", admin: true }] },
    ]);
    assert.deepEqual(databases, [{ name: "reports", owner: "batch", notes: "nightly" }]);
    assert.deepEqual(
      grants.map(({ database, schemas, until }) => [database, schemas, until]),
      [
        ["reports", ["public", "app"], "2027-03-31"],
        ["sales", ["public", "app"], "2027-03-31"],
      ],
    );
  });

  it("are read from a folder, without what Kubernetes keeps beside them and without folders within", () => {
    write("b.yml", "- username: rui\n");
    write("a.yaml", "- username: ana\n");
    write("c.json", '[{ "username": "mei" }]');
    write("..data/a.yaml", "- username: ana\n");
    write(".hidden.yaml", "not: [read");
    write("README.md", "not read");
    write("more/d.yaml", "- username: zoe\n");
    assert.deepEqual(
      merged(folder).users.map(({ name }) => name),
      ["ana", "rui", "mei"],
    );
  });

  it("that stand twice are refused at the second place, which names the first, over all files", () => {
    const one = write("1.yaml", "users:\n  - name: ana\n");
    const two = write("2.yaml", "- username: rui\n- username: ana\n");
    const { problems } = merged(one, two);
    assert.deepEqual(
      problems.map(({ file, line, column, message }) => [file, line, column, message]),
      [
        [
          two,
          2,
          3,
          `the role "ana" stands in ${one}:2:5 already: keep one of them; users and groups have no name in common`,
        ],
      ],
    );
  });

  it("that are not there, or folders without one, are named, and the others are looked at all the same", () => {
    mkdirSync(path.join(folder, "empty"));
    const broken = write("x.yaml", "- username: 1\n");
    const { problems } = merged(path.join(folder, "none.yaml"), path.join(folder, "empty"), broken);
    assert.deepEqual(
      problems.map(({ file }) => path.basename(file)),
      ["none.yaml", "empty", "x.yaml"],
    );
    assert.match(problems[0]?.message ?? "", /does not exist; paths are relative to the program's folder/);
  });
});
