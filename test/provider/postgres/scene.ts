import assert from "node:assert/strict";
import { freshName, sharedPostgres } from "../../postgres/shared.js";
import type { PostgresServer, PostgresVersion } from "../../postgres/server.js";
import { accessArguments, type AccessOf } from "./accessProgram.js";
import { Wire } from "./faultyWire.js";
import { Stack, type Login, type Outcome, type Program } from "./stack.js";

/** One test's part of a server: names that only it has. */
export class Scene {
  readonly stack: Stack;
  private readonly prefix = freshName("");

  private constructor(
    readonly server: PostgresServer,
    wire: Wire,
    login: Login,
  ) {
    this.stack = new Stack(server, login, wire);
  }

  private static readonly wires = new Map<string, Wire>();

  /** A scene on the shared server of a version, as its superuser or as another account. */
  static async on(version: PostgresVersion, login?: Login): Promise<Scene> {
    const server = await sharedPostgres(version);
    const as = login ?? server;
    const key = `${String(server.port)} ${as.user}`;
    const wire = Scene.wires.get(key) ?? new Wire();
    Scene.wires.set(key, wire);
    wire.reset();
    return new Scene(server, wire, as);
  }

  /** A name of this scene. */
  n(word: string): string {
    return this.prefix + word;
  }

  /** Names in a text, each written `$ana`. */
  text(text: string): string {
    return text.replace(/\$(\w+)/g, (_, word: string) => this.n(word));
  }

  /** A program of one Access, its names as in `text`. */
  program(access: AccessOf, name = "access"): Program {
    const named = JSON.parse(this.text(JSON.stringify(access))) as AccessOf;
    return { [name]: { type: "Access", args: accessArguments(named, name) } };
  }

  /** Runs SQL as superuser, its names as in `text`. */
  sql<Row extends object>(text: string): Promise<Row[]> {
    return this.server.query<Row>(this.text(text));
  }

  /** The statements that were sent since the last look, with names as in `text`. */
  sent(): string[] {
    return this.stack.wire.statements.splice(0).map((statement) => this.short(statement));
  }

  /** A text of the provider's with names as in `text`. */
  short(text: string): string {
    return text.replaceAll(this.prefix, "$");
  }

  /** The errors of a run, in one text. */
  errors({ errors }: Outcome): string {
    return this.short(errors.map((error) => error.message).join("\n"));
  }

  /** What a failed run said. */
  async fails(program: Program, settings: Parameters<Stack["up"]>[1] = {}): Promise<string> {
    const outcome = await this.stack.up(program, settings);
    assert.notDeepEqual(outcome.errors, [], "nothing failed");
    return this.errors(outcome);
  }

  /** The roles of this scene, without their prefix. */
  async roles(): Promise<string[]> {
    const rows = await this.sql<{ name: string }>("SELECT rolname AS name FROM pg_roles ORDER BY 1");
    return rows.filter(({ name }) => name.startsWith(this.prefix)).map(({ name }) => name.slice(this.prefix.length));
  }

  /** Whether somebody can log in. */
  async login(word: string): Promise<boolean | undefined> {
    const [row] = await this.sql<{ login: boolean }>(
      `SELECT rolcanlogin AS login FROM pg_roles WHERE rolname = '$${word}'`,
    );
    return row?.login;
  }

  /** The members of a group, without their prefix. */
  async members(group: string): Promise<string[]> {
    const rows = await this.sql<{ name: string }>(
      `SELECT DISTINCT m.member::regrole::text AS name FROM pg_auth_members m
        WHERE m.roleid = '$${group}'::regrole ORDER BY 1`,
    );
    return rows.map(({ name }) => name.replace(this.prefix, ""));
  }

  /** What the state holds of the Access. */
  output(key: string, name = "access"): string {
    const text = this.stack.state.get(name)?.outputs[key];
    return this.short(typeof text === "string" ? text : JSON.stringify(text ?? null));
  }

  /** That a second run has nothing to do, also after a look at the server. */
  async settled(program: Program, now?: string): Promise<void> {
    const settings = now === undefined ? {} : { now };
    for (const look of [false, true]) {
      if (look) await this.stack.refresh(settings);
      const { ops, plans } = await this.stack.preview(program, settings);
      assert.deepEqual(
        [Object.values(ops).filter((op) => op !== "same"), plans],
        [[], {}],
        look ? "after a refresh" : "as stored",
      );
    }
  }

  /** Runs SQL in a database of this scene, as superuser. */
  inside<Row extends object>(database: string, text: string): Promise<Row[]> {
    return this.server.query<Row>(this.text(text), { database: this.n(database) });
  }

  /** The databases of this scene, without their prefix. */
  async databases(): Promise<string[]> {
    const rows = await this.sql<{ name: string }>("SELECT datname AS name FROM pg_database ORDER BY 1");
    return rows.filter(({ name }) => name.startsWith(this.prefix)).map(({ name }) => name.slice(this.prefix.length));
  }

  /** Takes away what the test made. */
  async clear(): Promise<void> {
    const quoted = (word: string): string => `"${this.n(word).replaceAll('"', '""')}"`;
    for (const database of await this.databases())
      await this.server.query(`DROP DATABASE ${quoted(database)} WITH (FORCE)`);
    for (const role of (await this.roles()).map(quoted))
      await this.server.query(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`);
  }
}
