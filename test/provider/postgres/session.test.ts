import assert from "node:assert/strict";
import sinon from "sinon";
import { CONNECTION_LOST, RosterError } from "../../../provider/core/errors.js";
import type { Session } from "../../../provider/core/system.js";
import { DEFAULT_ATTRIBUTES, blankCatalog, copyCatalog, type Catalog } from "../../../provider/postgres/catalog.js";
import type { Change } from "../../../provider/postgres/changes.js";
import type { Client } from "../../../provider/postgres/client.js";
import { blankDatabase, type DatabaseCatalog } from "../../../provider/postgres/databaseCatalog.js";
import type { ScriptOutcome } from "../../../provider/postgres/script.js";
import { openSession } from "../../../provider/postgres/session.js";
import { connectionWith } from "../../postgres/shared.js";
import { serverFacts } from "./models.js";

/** What a fake server answers to a script. */
type Answer = (statements: readonly string[], nth: number) => Partial<ScriptOutcome> | Error;

class FakeClient implements Client {
  broken = false;
  readonly scripts: (readonly string[])[] = [];
  /** How many scripts were answered. */
  done = 0;
  reads = 0;
  readonly live: Catalog;
  constructor(private readonly answer: Answer = () => ({})) {
    this.live = { ...blankCatalog(), server: SERVER };
  }
  readDatabase(): Promise<DatabaseCatalog> {
    return Promise.resolve(blankDatabase());
  }

  async readCatalog(): Promise<Catalog> {
    await new Promise(setImmediate);
    this.reads += 1;
    return copyCatalog(this.live);
  }
  rows(): Promise<unknown[][]> {
    return Promise.resolve([]);
  }
  close(): Promise<void> {
    this.broken = true;
    return Promise.resolve();
  }
  async run(statements: readonly string[]): Promise<ScriptOutcome> {
    this.scripts.push(statements);
    const nth = this.scripts.length;
    await new Promise(setImmediate);
    this.done += 1;
    const answer = this.answer(statements, nth);
    if (answer instanceof Error) throw answer;
    return { completed: statements.length, error: undefined, warnings: [], ...answer };
  }
}

const SERVER = serverFacts({ bootstrapUser: "op", database: "postgres" });

const create = (name: string): Change => ({ kind: "createRole", name, attributes: {} });
const grant = (group: string, ...members: string[]): Change => ({ kind: "grantMembership", group, members });
const drop = (name: string): Change => ({ kind: "dropRole", names: [name] });
const revoke = (group: string, ...members: string[]): Change => ({ kind: "revokeMembership", group, members });

function serverError(code: string, message = "no"): Error {
  return Object.assign(new Error(message), { code, severity: "ERROR" });
}

function lost(): RosterError {
  return new RosterError("the connection broke", { code: CONNECTION_LOST });
}

/** Refuses each statement that a pattern matches. */
function refusing(pattern: RegExp, code = "42501"): Answer {
  return (statements) => {
    const completed = statements.findIndex((statement) => pattern.test(statement));
    return completed < 0 ? {} : { completed, error: serverError(code, `refused ${String(statements[completed])}`) };
  };
}

describe("session", () => {
  let client: FakeClient;
  let session: Session<Catalog, Change>;

  /** How often the session has connected. */
  let dialled = 0;
  function open(...clients: (FakeClient | Error)[]): void {
    dialled = 0;
    session = openSession(connectionWith({ host: "db", user: "op" }), async () => {
      await new Promise(setImmediate);
      const next = clients[Math.min(dialled, clients.length - 1)];
      dialled += 1;
      if (next === undefined || next instanceof Error) throw next ?? new Error("no client");
      return next;
    });
  }
  function answering(answer: Answer): void {
    client = new FakeClient(answer);
    open(client);
  }
  beforeEach(() => {
    answering(() => ({}));
  });

  /** What becomes of runs: undefined where they succeed. */
  async function run(...members: (readonly Change[])[]): Promise<(RosterError | undefined)[]> {
    const outcomes = await Promise.allSettled(members.map((changes) => session.run(changes)));
    return outcomes.map((outcome) => {
      if (outcome.status === "fulfilled") return undefined;
      assert.ok(outcome.reason instanceof RosterError);
      return outcome.reason;
    });
  }

  describe("what arrives together", () => {
    it("is one round trip", async () => {
      assert.deepEqual(await run([create("a")], [create("b")], [create("c")]), [undefined, undefined, undefined]);
      assert.deepEqual(client.scripts, [["CREATE ROLE a;", "CREATE ROLE b;", "CREATE ROLE c;"]]);
    });

    it("is one round trip also where it takes some turns to arrive", async () => {
      const later = Promise.resolve().then(() => session.run([create("b")]));
      await Promise.all([session.run([create("a")]), later]);
      assert.equal(client.scripts.length, 1);
    });

    it("waits for the round trip that is under way, and goes together with the next", async () => {
      const first = session.run([create("a")]);
      await new Promise(setImmediate);
      await Promise.all([first, session.run([create("b")]), session.run([create("c")])]);
      assert.deepEqual(client.scripts, [["CREATE ROLE a;"], ["CREATE ROLE b;", "CREATE ROLE c;"]]);
    });

    it("shares a statement where it is about one group, taken before given", async () => {
      await run([grant("g", "a")], [revoke("g", "x")], [grant("g", "b", "a")], [create("n")]);
      assert.deepEqual(client.scripts, [["CREATE ROLE n;", "REVOKE g FROM x;", "GRANT g TO a, b;"]]);
    });

    it("shares a statement where roles are dropped, when all is taken and before anything is given", async () => {
      await run([drop("a")], [grant("g", "x")], [revoke("g", "b")], [drop("b")], [create("n")]);
      assert.deepEqual(client.scripts, [["CREATE ROLE n;", "REVOKE g FROM b;", "DROP ROLE a, b;", "GRANT g TO x;"]]);
    });

    it("is no longer than scripts may be, and loses nobody", async () => {
      const names = Array.from({ length: 1100 }, (_, index) => `r${String(index)}`);
      assert.ok((await run(...names.map((name) => [create(name)]))).every((error) => error === undefined));
      assert.deepEqual(
        client.scripts.flat(),
        names.map((name) => `CREATE ROLE ${name};`),
      );
      assert.equal(client.scripts.length, 3);
    });

    it("has no more names in a script than the server waits for gladly", async () => {
      const members = Array.from({ length: 100 }, (_, index) => `m${String(index)}`);
      const groups = Array.from({ length: 60 }, (_, index) => `g${String(index)}`);
      await run(...groups.map((group) => [grant(group, ...members)]));
      assert.deepEqual(
        client.scripts.map(({ length }) => length),
        [50, 10],
      );
    });

    it("takes all before it gives any where people move, however many names that are", async () => {
      const members = Array.from({ length: 100 }, (_, index) => `m${String(index)}`);
      const moves = Array.from({ length: 60 }, (_, index) => `g${String(index)}`);
      await run(
        ...moves.map((group) => [grant(`new_${group}`, ...members)]),
        ...moves.map((group) => [revoke(group, ...members)]),
      );
      assert.equal(client.scripts.length, 1);
      assert.match(client.scripts[0]?.[59] ?? "", /^REVOKE/);
    });

    describe("and is more than one script", () => {
      /** How many scripts the server had done when the statement of a change was written. */
      let doneWhenWritten: number | undefined;
      beforeEach(() => {
        doneWhenWritten = undefined;
      });

      function watched(change: Change, property: string): Change {
        const value: unknown = Reflect.get(change, property);
        return Object.defineProperty({ ...change }, property, {
          enumerable: true,
          get: () => {
            doneWhenWritten ??= client.done;
            return value;
          },
        });
      }

      const filled = (change: (name: string) => Change): Change[][] =>
        Array.from({ length: 999 }, (_, index) => [change(`r${String(index)}`)]);

      it("is written while the server is at work on the one before", async () => {
        await run(...filled(create), [watched(create("last"), "attributes")]);
        assert.deepEqual([client.scripts.length, doneWhenWritten], [2, 0]);
      });

      it("is written after that where its statements depend on what was done", async () => {
        const target = { database: "postgres", kind: "table", schema: "s", names: ["t"] } as const;
        const revoked = (name: string): Change => ({
          kind: "revoke",
          target,
          privileges: ["SELECT"],
          grantees: [name],
        });
        const last = watched(revoked("last"), "privileges");
        await run(...filled(create), [last]);
        assert.deepEqual([client.scripts.length, doneWhenWritten], [2, 1]);
      });

      it("loses only what was under way when the connection breaks", async () => {
        const broken: FakeClient = new FakeClient(() => {
          broken.broken = true;
          return lost();
        });
        open(broken, client);
        const errors = await run(...filled(create), [create("last")]);
        assert.deepEqual([errors.slice(0, 500).every(Boolean), errors.slice(500).some(Boolean)], [true, false]);
        assert.deepEqual([broken.scripts.length, client.scripts.length, dialled], [1, 1, 2]);
      });

      it("is tried alone where what came before is refused", async () => {
        answering(refusing(/CREATE ROLE r7;/));
        const errors = await run(...filled(create), [create("last")]);
        assert.deepEqual(
          errors.flatMap((error, index) => (error === undefined ? [] : [index])),
          [7],
        );
        assert.ok((await session.model()).roles.has("last"));
      });
    });

    it("runs also where there is nothing to run", async () => {
      assert.deepEqual(await run([], [grant("g")]), [undefined, undefined]);
    });
  });

  describe("the model", () => {
    it("is read once, whoever asks", async () => {
      await Promise.all([session.model(), session.model()]);
      await session.model();
      assert.deepEqual([client.reads, dialled], [1, 1]);
    });

    it("shows what was run, without another look", async () => {
      await session.model();
      await run([create("a")], [create("g")], [grant("g", "a")]);
      const { roles, members } = await session.model();
      assert.deepEqual([...roles.keys()].sort(), ["a", "g"]);
      assert.ok(members.get("g")?.has("a"));
      assert.equal(client.reads, 1);
    });

    it("does not show what failed", async () => {
      answering(refusing(/ROLE bad/));
      await session.model();
      await run([create("good")], [create("bad")]);
      assert.deepEqual([...(await session.model()).roles.keys()], ["good"]);
    });

    it("is read again when it is asked to forget", async () => {
      await session.model();
      session.forget();
      await session.model();
      assert.equal(client.reads, 2);
    });

    it("is tried again where it could not be read", async () => {
      open(new Error("out of reach"), client);
      await assert.rejects(session.model(), /out of reach/);
      await session.model();
      assert.equal(dialled, 2);
    });
  });

  describe("a member that fails", () => {
    it("fails alone, with its statement, and the others are done", async () => {
      answering(refusing(/ROLE bad/));
      const [a, bad, b] = await run([create("a")], [create("bad"), grant("g", "bad")], [create("b")]);
      assert.deepEqual([a, b], [undefined, undefined]);
      assert.match(
        bad?.message ?? "",
        /the server refused a statement\n +tried: +CREATE ROLE bad;\n +answer: +refused CREATE ROLE bad; \(42501\)/,
      );
      assert.equal(bad?.details.code, "42501");
      const done = new Set(client.scripts.slice(1).flat());
      assert.deepEqual(
        [done.has("CREATE ROLE a;"), done.has("CREATE ROLE b;"), done.has("CREATE ROLE bad;")],
        [true, true, false],
      );
    });

    it("is found among those who share its statement", async () => {
      answering(refusing(/\bbad\b/, "42704"));
      const names = ["a", "b", "bad", "c", "d"];
      const outcomes = await run(...names.map((name) => [grant("g", name)]));
      assert.deepEqual(
        outcomes.map((error) => error === undefined),
        names.map((name) => name !== "bad"),
      );
      assert.match(outcomes[2]?.message ?? "", /tried: +GRANT g TO bad;/);
    });

    it("is found among those who are dropped together, and the others are gone", async () => {
      answering(refusing(/\bbad\b/, "2BP01"));
      const names = ["a", "b", "bad", "c", "d"];
      const outcomes = await run(...names.map((name) => [drop(name)]));
      assert.deepEqual(
        outcomes.map((error) => error === undefined),
        names.map((name) => name !== "bad"),
      );
      assert.match(outcomes[2]?.message ?? "", /tried: +DROP ROLE bad;/);
    });

    it("does not blame the innocent for what is no SQL, of which nothing runs", async () => {
      answering((statements) =>
        statements.some((statement) => statement.includes("bad")) ? { completed: 0, error: serverError("42601") } : {},
      );
      const outcomes = await run([create("a")], [create("bad")], [create("b")], [create("c")]);
      assert.deepEqual(
        outcomes.map((error) => error?.details.tried),
        [undefined, "CREATE ROLE bad;", undefined, undefined],
      );
    });

    it("does not show a password", async () => {
      answering(refusing(/ROLE/));
      const [error] = await run([{ kind: "createRole", name: "ana", attributes: {}, password: "SCRAM-SHA-256$x" }]);
      assert.match(error?.message ?? "", /tried: +CREATE ROLE ana PASSWORD :'ana_password';/);
    });

    it("takes all with it where the transaction as a whole is refused", async () => {
      answering((statements) => ({ completed: statements.length, error: serverError("23514", "deferred") }));
      const outcomes = await run([create("a")], [create("b")]);
      for (const error of outcomes) assert.match(error?.message ?? "", /deferred/);
      await session.model();
      assert.equal(client.reads, 1);
    });
  });

  describe("others who write at the same time", () => {
    let clock: sinon.SinonFakeTimers;
    beforeEach(() => {
      clock = sinon.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    });
    afterEach(() => {
      clock.restore();
    });

    /** Lets time pass until something is done. */
    async function eventually<T>(work: Promise<T>): Promise<T> {
      const pending = new Set([work]);
      void work.finally(() => pending.clear());
      while (pending.size > 0) {
        await clock.tickAsync(10_000);
        await new Promise(setImmediate);
      }
      return work;
    }

    for (const [code, message] of [
      ["40001", "could not serialize access"],
      ["40P01", "deadlock detected"],
      ["XX000", "tuple concurrently updated"],
      ["XX000", "tuple concurrently deleted"],
    ] as const) {
      it(`make us run again: ${message}`, async () => {
        answering((_, nth) => (nth < 3 ? { completed: 0, error: serverError(code, message) } : {}));
        assert.deepEqual(await eventually(run([create("a")], [create("b")])), [undefined, undefined]);
        assert.equal(client.scripts.length, 3);
      });
    }

    it("do not make us run for ever", async () => {
      answering(() => ({ completed: 0, error: serverError("40P01", "deadlock detected") }));
      const [error] = await eventually(run([create("a")]));
      assert.match(error?.message ?? "", /deadlock detected \(40P01\)/);
      assert.ok(client.scripts.length < 10, String(client.scripts.length));
    });

    it("do not make us run for ever, however many we are", async () => {
      answering(() => ({ completed: 0, error: serverError("XX000", "tuple concurrently updated") }));
      const outcomes = await eventually(run(...["a", "b", "c", "d"].map((name) => [create(name)])));
      for (const error of outcomes) assert.match(error?.message ?? "", /concurrently/);
      assert.ok(client.scripts.length <= 4 * 6, String(client.scripts.length));
    });

    it("are not blamed for other internal errors", async () => {
      answering(() => ({ completed: 0, error: serverError("XX000", "cache lookup failed") }));
      assert.equal((await eventually(run([create("a")]))).length, 1);
      assert.equal(client.scripts.length, 1);
    });
  });

  describe("a connection that breaks", () => {
    it("fails all members, as nobody knows what took effect, and the next look reads again, on a new one", async () => {
      const broken: FakeClient = new FakeClient(() => {
        broken.broken = true;
        return lost();
      });
      open(broken, client);
      await session.model();
      for (const error of await run([create("a")], [create("b")])) assert.equal(error?.details.code, CONNECTION_LOST);
      await session.model();
      assert.deepEqual([broken.reads, client.reads, dialled], [1, 1, 2]);
      assert.deepEqual(await run([create("a")]), [undefined]);
    });

    it("is replaced by one, however many notice it", async () => {
      const broken = new FakeClient();
      open(broken, client);
      await session.model();
      broken.broken = true;
      session.forget();
      const first = session.model();
      session.forget();
      await Promise.all([first, session.model(), session.run([create("a")])]);
      assert.equal(dialled, 2);
      assert.deepEqual(broken.scripts, []);
    });

    it("fails only those who wanted to run when there was none", async () => {
      const refused = new RosterError("nothing answers");
      open(refused, client);
      const [error] = await run([create("a")]);
      assert.match(error?.message ?? "", /nothing answers/);
      assert.deepEqual(await run([create("a")]), [undefined]);
    });

    it("after the changes took effect is told all the same: the next look shows what is there", async () => {
      answering(() => ({}));
      sinon.stub(client, "readCatalog").rejects(lost());
      const [error] = await run([create("a")]);
      assert.equal(error?.details.code, CONNECTION_LOST);
    });
  });

  describe("a warning", () => {
    const warn: Answer = (statements) => ({
      warnings: statements.flatMap((statement, index) =>
        /REVOKE.*\bb\b/.test(statement) ? [{ statement: index, message: "b was not granted by op" }] : [],
      ),
    });
    const row = { grantor: "op", admin: true, inherit: true, set: true };

    beforeEach(() => {
      answering(warn);
      for (const name of ["g", "h", "a", "b"])
        client.live.roles.set(name, { ...DEFAULT_ATTRIBUTES, name, comment: undefined, holds: false });
      client.live.members.set("g", new Map([["b", [row]]]));
      client.live.members.set("h", new Map([["b", [row]]]));
    });

    it("fails who wanted what was left undone, and nobody else", async () => {
      const [a, b, c] = await run([revoke("g", "a")], [revoke("g", "b")], [create("c")]);
      assert.deepEqual([a, c], [undefined, undefined]);
      assert.match(
        b?.message ?? "",
        /left a statement undone and only warned\n +tried: +REVOKE g FROM .*b.*;\n +answer: +b was not granted by op/,
      );
    });

    it("fails nobody where it was done: somebody else took it back first", async () => {
      client.live.members.get("g")?.delete("b");
      assert.deepEqual(await run([revoke("g", "b")]), [undefined]);
    });

    it("makes the next look read again", async () => {
      await session.model();
      await run([revoke("g", "b")]);
      client.live.members.get("g")?.delete("b");
      session.forget();
      assert.equal((await session.model()).members.get("g")?.has("b"), false);
      assert.ok(client.reads >= 2);
    });

    it("counts for an option that was left too", async () => {
      const change: Change = { kind: "revokeOption", group: "h", members: ["b"], option: "admin" };
      const [error] = await run([change]);
      assert.match(error?.message ?? "", /REVOKE ADMIN OPTION FOR h FROM b;/);
      client.live.members.set("h", new Map([["b", [{ ...row, admin: false }]]]));
      assert.deepEqual(await run([change]), [undefined]);
    });
  });
});
