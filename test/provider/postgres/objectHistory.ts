import assert from "node:assert/strict";
import type { PostgresServer } from "../../postgres/server.js";
import { mismatches } from "./expected.js";
import { Wire } from "./faultyWire.js";
import { Historian } from "./history.js";
import { Clients } from "./objectClients.js";
import { readFacts, type Facts } from "./objectFacts.js";
import { objectMismatches, storedServer, untouched, type Ran, type StoredServer } from "./objectExpected.js";
import {
  DATABASES,
  OBJECT_GROUPS,
  OBJECT_USERS,
  serverProgram,
  type ObjectHistory,
  type ObjectStep,
  type WantedObjects,
  type WantedServer,
} from "./objectSequences.js";
import { fulfillable } from "./objectFeasible.js";
import { IGNORED, STRANGER, TIMES, faultsOf, type PlannedFault, type Wanted } from "./sequences.js";
import { Stack, type Outcome, type RunSettings } from "./stack.js";

const [EARLIER = "", LATER = ""] = TIMES;
/** Histories may take away as much as they like. */
const MANY = 1000;

/** Plays histories of a whole server, one after another. */
export class ObjectHistorian {
  private readonly roles: Historian;
  private readonly clients: Clients;
  private readonly wire = new Wire();

  constructor(private readonly server: PostgresServer) {
    this.roles = new Historian(server, { place: "bulk", superuser: true, options: server.version >= 16 }, server);
    this.clients = new Clients(server);
  }

  open(): Promise<void> {
    return this.roles.open();
  }

  async close(): Promise<void> {
    await this.clients.close();
    await this.roles.close();
  }

  /** Plays a history; what is not as it should be throws. */
  async play({ steps, last }: ObjectHistory): Promise<void> {
    await this.reset();
    const stack = new Stack(this.server, this.server, this.wire);
    for (const step of steps) await this.step(stack, step);
    const end = await this.clearTheWay(stack, last);
    await this.run(stack, end, { refresh: true, now: LATER });
    await this.settled(stack, end);
  }

  private async reset(): Promise<void> {
    await this.dropDatabases();
    await this.roles.reset();
  }

  private async dropDatabases(): Promise<void> {
    await this.clients.leave();
    for (const name of DATABASES) await this.clients.query("", `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  }

  private async step(stack: Stack, step: ObjectStep): Promise<void> {
    if (step.kind === "hand") await this.byHand(step.database, step.sql);
    else {
      const wanted = step.feasible ? fulfillable(step.wanted, await readFacts(this.clients)) : step.wanted;
      await this.run(stack, wanted, { ...step, now: EARLIER });
    }
  }

  /** What the server refuses did not happen. */
  private async byHand(database: string, sql: readonly string[]): Promise<void> {
    for (const statement of sql) {
      if (statement.startsWith("DROP DATABASE")) await this.clients.leave();
      await this.clients.query(database, statement).catch(() => undefined);
    }
  }

  /** One run of a program, and what it has to answer for. */
  private async run(
    stack: Stack,
    wanted: WantedServer,
    how: { readonly refresh: boolean; readonly now: string; readonly fault?: PlannedFault },
  ): Promise<void> {
    const settings: RunSettings = { now: how.now, maxRemovals: MANY };
    if (how.refresh) await stack.refresh(settings);
    const stored = storedServer(stack.state.get("access")?.outputs);
    const [before, roles] = [await readFacts(this.clients), await this.roles.live()];
    if (Object.values(stored.objects.databases).some(({ onRemove }) => onRemove === "drop")) await this.clients.leave();
    const outcome = await stack.up(serverProgram(wanted), { ...settings, faults: faultsOf(how.fault) });
    const [after, now] = [await readFacts(this.clients), await this.roles.live()];
    for (const name of [...IGNORED, STRANGER, this.server.user])
      assert.deepEqual(now.roles.get(name), roles.roles.get(name), `${name} was changed`);
    const declared = new Set([...Object.keys(wanted.roles.users), ...Object.keys(wanted.roles.groups)]);
    const ran: Ran = {
      before,
      after,
      stored,
      wanted: lasting(wanted.objects, how.now),
      declared,
      present: new Set(now.roles.keys()),
    };
    if (how.fault === undefined && how.now === LATER) assert.deepEqual(messages(outcome), []);
    if (stack.wire.killed || outcome.errors.length > 0) {
      assert.deepEqual(untouched(ran), [], "after a run that failed");
      return;
    }
    assert.deepEqual(objectMismatches(ran), []);
    const circumstances = { now: how.now, own: this.server.user, doubtful: new Set<string>() };
    assert.deepEqual(mismatches(now, comparable(wanted.roles, ran.present), circumstances), []);
    assert.deepEqual(leftRoles(stored, declared, ran.present), []);
  }

  /** A second run has nothing to do, also after a look at the server. */
  private async settled(stack: Stack, wanted: WantedServer): Promise<void> {
    for (const again of ["as stored", "refreshed"]) {
      const settings: RunSettings = { now: LATER, maxRemovals: MANY };
      if (again === "refreshed") await stack.refresh(settings);
      const { ops, plans, warnings, errors } = await stack.preview(serverProgram(wanted), settings);
      assert.deepEqual([ops, plans, warnings, errors], [{ access: "same" }, {}, [], []], `a second preview, ${again}`);
    }
  }

  /**
   * What the last program cannot do is not asked of it, as other tests show how it is refused; and somebody takes away
   * by hand what would hinder it: what is in schemas that are to go, and what roles own that are to go to nobody.
   */
  private async clearTheWay(stack: Stack, last: WantedServer): Promise<WantedServer> {
    const facts = await readFacts(this.clients);
    const wanted = fulfillable(last, facts);
    const stored = storedServer(stack.state.get("access")?.outputs);
    const present = DATABASES.filter((database) => facts.things.has(`database ${database}  `));
    for (const database of present) {
      for (const role of heirless(stored, wanted))
        await this.byHand(database, [`REASSIGN OWNED BY ${role} TO postgres`, `DROP OWNED BY ${role} CASCADE`]);
      const schemas = Object.entries(stored.objects.schemas[database] ?? {});
      for (const [schema, { onRemove }] of schemas) {
        if (onRemove === "drop" && wanted.objects.schemas[database]?.[schema] === undefined)
          await this.byHand(database, emptying(facts, database, schema));
      }
    }
    return wanted;
  }
}

/** Roles that the state would drop, and what they own with nobody to have it. */
function heirless({ roles }: StoredServer, { roles: wanted }: WantedServer): string[] {
  return Object.entries(roles)
    .filter(([name, { reassignTo }]) => reassignTo === undefined && !(name in wanted.users || name in wanted.groups))
    .map(([name]) => name);
}

function emptying(facts: Facts, database: string, schema: string): string[] {
  return [...facts.things.values()]
    .filter((thing) => thing.database === database && thing.schema === schema)
    .filter(({ kind }) => ["table", "sequence", "function"].includes(kind))
    .map(({ kind, name }) => `DROP ${kind} ${schema}.${name}`);
}

function messages({ errors }: Outcome): string[] {
  return errors.map(({ message }) => message);
}

/** What a program wants at a time: without what is over. */
function lasting({ grants, ...rest }: WantedObjects, now: string): WantedObjects {
  const lasts = grants.map(({ to, ...of }) => ({
    ...of,
    to: to.filter(({ until }) => until === undefined || until > now),
  }));
  return { ...rest, grants: lasts };
}

/** Roles as they can be compared with live ones. Members who leave with the same run are none. */
function comparable({ users, groups, ...rest }: Wanted, present: ReadonlySet<string>): Wanted {
  const without = <T extends object>(of: T): T =>
    Object.fromEntries(Object.entries(of).filter(([key]) => key !== "reassignTo")) as T;
  const mapped = <T>(all: Readonly<Record<string, T>>, change: (of: T) => T): Record<string, T> =>
    Object.fromEntries(Object.entries(all).map(([name, of]) => [name, change(of)]));
  return {
    ...rest,
    users: mapped(users, without),
    groups: mapped(groups, ({ members, ...of }) => ({
      ...without(of),
      ...(members && { members: members.filter(({ name }) => present.has(name)) }),
    })),
  };
}

/** Roles that should have left and have not, or should have stayed and have not. */
function leftRoles({ roles }: StoredServer, declared: ReadonlySet<string>, present: ReadonlySet<string>): string[] {
  return Object.entries(roles).flatMap(([name, { onRemove }]) => {
    if (declared.has(name) || ![...OBJECT_USERS, ...OBJECT_GROUPS].includes(name)) return [];
    if (onRemove === "drop" && present.has(name)) return [`${name} should have been dropped`];
    return [];
  });
}
