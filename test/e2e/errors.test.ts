import assert from "node:assert/strict";
import net from "node:net";
import type { PostgresServer } from "../postgres/server.js";
import { catalogue, membersOf } from "./catalogue.js";
import { called, group, members, membership, user, type Declaration } from "./declare.js";
import { onEachEngine, scene, superuser, type Place } from "./scene.js";
import { plans } from "./workspace.js";

/** A place that accepts connections and never says a word. */
async function silence(): Promise<{ port: number; end(): void }> {
  const sockets: net.Socket[] = [];
  const server = net.createServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const end = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port: (server.address() as net.AddressInfo).port, end };
}

/** Nothing listens on this port anywhere. One that was free a moment ago may be somebody's by now. */
const CLOSED_PORT = 1;

/** Connections with one wrong setting each, and what the error has to say. */
function wrongConnections(db: PostgresServer, silent: number): Record<string, [object, RegExp[]]> {
  return {
    host: [
      { host: "nowhere.invalid" },
      [/connection host: the host nowhere\.invalid is not known/, /the host comes from the program/],
    ],
    port: [
      { port: CLOSED_PORT },
      [/connection port: nothing answers at 127\.0\.0\.1:1/, /the port comes from the program/],
    ],
    silent: [{ port: silent, connectTimeout: 1 }, [/connection silent: no answer from 127\.0\.0\.1:\d+ within 1 s/]],
    password: [
      { password: "not the password" },
      [
        /connection password: the server at 127\.0\.0\.1:\d+ refuses the password of user/,
        /the password comes from the program/,
      ],
    ],
    database: [
      { database: "nope" },
      [
        /connection database: the server at 127\.0\.0\.1:\d+ has no database nope/,
        /the database comes from the program/,
      ],
    ],
    tls: [{ sslmode: "verify-full" }, [/connection tls: the server at 127\.0\.0\.1:\d+ has no TLS/]],
  };
}

const operator: Pick<Place, "given" | "takenBack" | "env"> = {
  given: "CREATE ROLE operator LOGIN CREATEROLE PASSWORD 'operates'",
  takenBack: "DROP ROLE operator",
  env: (db) => ({ ...superuser(db), PGUSER: "operator", PGPASSWORD: "operates" }),
};

onEachEngine("errors", (engine) => {
  it("of a connection say which setting is wrong and where it came from; a preview plans all the same", async () => {
    const silent = await silence();
    try {
      await scene({ engine, env: () => ({}) }, async (workspace, db) => {
        const right = { host: db.host, port: db.port, user: db.user, password: db.password };
        const wrong = wrongConnections(db, silent.port);
        const program = Object.entries(wrong).map(([name, [settings]]) =>
          user(`user_${name}`, { connection: { name, ...right, ...settings } }),
        );
        const planned = plans(await workspace.preview(program));
        for (const name of Object.keys(wrong)) {
          const [note = "", ...statements] = planned[`user_${name}`] ?? [];
          assert.match(note, /^-- not compared with the live system: /, name);
          assert.deepEqual(statements, [`CREATE ROLE user_${name} LOGIN;`]);
        }
        const { text } = await workspace.upFails(program, "--continue-on-error");
        for (const [name, [, messages]] of Object.entries(wrong)) {
          for (const message of messages) assert.match(text, message, name);
        }
      });
    } finally {
      silent.end();
    }
  });

  it("of a list that came back empty: nobody is taken out, unless this run is told to", () =>
    scene({ engine, env: superuser }, async (workspace, db) => {
      const names = Array.from({ length: 20 }, (_, index) => `n${String(index).padStart(2, "0")}`);
      const program = (list: readonly string[]): Declaration[] => [
        ...names.map((name) => user(name)),
        group("staff"),
        members("staff", list, {}, { dependsOn: names }),
      ];
      await workspace.up(program(names));
      for (const { text } of [await workspace.previewFails(program(names.slice(11))), await workspace.upFails()]) {
        assert.match(text, /would remove 11 of 20 members of "staff", more than the 10 that one run may remove/);
        assert.match(text, /pulumi config set roster:maxRemovals 11/);
      }
      assert.deepEqual(await membersOf(db, "staff"), names);
      await workspace.run(["config", "set", "roster:maxRemovals", "11"]);
      await workspace.up();
      assert.deepEqual(await membersOf(db, "staff"), names.slice(11));
      await workspace.run(["config", "rm", "roster:maxRemovals"]);
    }));

  it("of what cannot be: a sentence, in the preview, and a warning where a key of the config is none", () =>
    scene({ engine, env: superuser }, async (workspace) => {
      const imported = { ...user("ana"), options: { import: "ana" } } as Declaration;
      const ended = await workspace.previewFails([imported]);
      assert.match(ended.text, /postgres\.User "ana": the option import does not work for resources of Roster\. Leave/);
      assert.doesNotMatch(ended.text, /toJavaScript|\n +at /);

      const connection = { name: "platform", via: "civis" } as const;
      const { text } = await workspace.previewFails([user("zed", { password: "correct horse battery", connection })]);
      assert.match(text, /password: a password cannot be set through Civis Platform: Platform keeps/);
      assert.doesNotMatch(text, /correct horse|CREATE ROLE/);

      await workspace.run(["config", "set", "roster:maxRemoval", "11"]);
      workspace.declare([user("ana"), user("rui")]);
      const previewed = await workspace.run(["preview"]);
      const [, diagnostics = ""] = previewed.text.split("Diagnostics:");
      assert.equal(diagnostics.match(/roster:maxRemoval counts .* did you mean roster:maxRemovals\?/g)?.length, 1);
      await workspace.run(["config", "rm", "roster:maxRemoval"]);
    }));

  it("of two resources that declare one thing: neither is touched", () =>
    scene({ engine }, async (workspace, db) => {
      const twice = [user("ana"), { ...user("ana", { comment: "mine" }), name: "another ana" }];
      const { text } = await workspace.previewFails(twice);
      assert.match(text, /the role "ana" is declared by the postgres\.User "ana" too/);
      await workspace.upFails([group("staff"), members("staff", []), { ...members("staff", []), name: "again" }]);
      assert.equal("ana" in (await catalogue(db)).roles, false);
    }));

  it("of a list and a membership that contradict each other: nobody is touched; who moves from one to the other is none", () =>
    scene({ engine }, async (workspace, db) => {
      const people = [user("ana"), user("rui"), group("staff")];
      const list = (...names: string[]): Declaration => members("staff", names, {}, { dependsOn: ["ana", "rui"] });
      const singles = [membership("staff", "ana"), membership("staff", "rui")];
      await workspace.up([...people, list("ana", "rui")]);
      const wrong = [...people, list("ana", "rui"), membership("staff", "rui", { admin: true })];
      for (const { text } of [
        await workspace.previewFails([...people, list("ana"), membership("staff", "rui")]),
        await workspace.previewFails(wrong),
        await workspace.upFails(wrong),
      ]) {
        assert.match(text, /the membership of "rui" in "staff" is declared otherwise by the postgres\.Group/);
        assert.match(text, /each would undo the other's work in every run\. Declare it in one of them only/);
      }
      assert.deepEqual(await membersOf(db, "staff"), ["ana", "rui"]);
      await workspace.up([...people, ...singles]);
      await workspace.up([...people, list("rui", "ana"), membership("staff", "rui")]);
      await workspace.up([...people, list("ana")]);
      assert.deepEqual(await membersOf(db, "staff"), ["ana"]);
      await workspace.expectNoChanges();
    }));

  it("of taking away what the running account needs: it stays where it is", () =>
    scene({ engine, ...operator }, async (workspace, db) => {
      const own = { existing: "adopt", createrole: true, onRemove: "drop" } as const;
      const before = (await catalogue(db)).roles["operator"];
      await workspace.up([
        user("operator", own),
        user("ana"),
        group("staff"),
        members("staff", ["ana"], {}, { dependsOn: ["ana"] }),
      ]);
      await db.query("GRANT staff TO operator");
      await workspace.expectNoChanges();
      assert.deepEqual(await membersOf(db, "staff"), ["ana", "operator"]);

      const { text } = await workspace.upFails([user("operator", { ...own, login: false })]);
      assert.match(text, /"operator" is the account that runs this, and would lose login/);
      const { text: dropped } = await workspace.fails(["destroy", "--yes", "--skip-preview"]);
      assert.match(dropped, /"operator" is the account that runs this, and is not taken away/);
      assert.match(dropped, /onRemove: "keep"/);
      assert.doesNotMatch(dropped, /ROSTER_DEBUG/, "it is told at the resource, and in no line besides");
      assert.deepEqual((await catalogue(db)).roles["operator"], before);
      await workspace.up([user("operator", { ...own, onRemove: "keep" })]);
    }));

  it("of a membership that another account granted", () =>
    scene(
      {
        engine,
        ...operator,
        given: `${operator.given ?? ""}; CREATE ROLE boss LOGIN CREATEROLE; CREATE ROLE staff; CREATE ROLE ana; GRANT staff TO boss WITH ADMIN OPTION; SET SESSION AUTHORIZATION boss; GRANT staff TO ana`,
        takenBack: "DROP ROLE ana; DROP ROLE staff; DROP ROLE boss; DROP ROLE operator",
      },
      async (workspace, db) => {
        const declared = called("hers", membership("", "", { group: "staff", member: "ana" }));
        await workspace.up([declared]);
        await workspace.expectNoChanges();
        const { text } = await workspace.upFails([]);
        assert.match(text, /tried: +REVOKE staff FROM ana GRANTED BY boss;/);
        assert.match(text, /ADMIN OPTION|grantor/);
        assert.deepEqual(await membersOf(db, "staff"), ["ana", "boss"], "it is still there, and the error said so");
        Object.assign(workspace.env, superuser(db));
        await workspace.up([]);
        assert.deepEqual(await membersOf(db, "staff"), ["boss"]);
      },
    ));
});
