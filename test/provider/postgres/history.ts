import assert from "node:assert/strict";
import type { Client } from "pg";
import { clientOf } from "../../postgres/client.js";
import type { LiveRole } from "../../postgres/roles.js";
import type { PostgresServer } from "../../postgres/server.js";
import { readLive, type Live } from "./live.js";
import { mismatches } from "./expected.js";
import { Wire } from "./faultyWire.js";
import { Stack, type Login, type Outcome } from "./stack.js";
import {
  GROUPS,
  IGNORED,
  STRANGER,
  TIMES,
  USERS,
  faultsOf,
  programOf,
  type Flavour,
  type History,
  type Step,
  type Wanted,
} from "./sequences.js";

const ALL = [...USERS, ...GROUPS, ...IGNORED, STRANGER];

/** Plays histories on a server, one after another. */
export class Historian {
  private readonly hand: Client;
  private readonly root: Client;
  private readonly wire = new Wire();

  constructor(
    private readonly server: PostgresServer,
    private readonly flavour: Flavour,
    private readonly login: Login,
  ) {
    this.hand = clientOf({ ...server, ...login });
    this.root = clientOf(server);
  }

  async open(): Promise<void> {
    await this.hand.connect();
    await this.root.connect();
  }

  async close(): Promise<void> {
    await this.hand.end();
    await this.root.end();
  }

  /** The server as it is, read as superuser. */
  live(): Promise<Live> {
    return readLive(this.root);
  }

  /** Empties the server of what histories make, and makes those whom nobody declares. */
  async reset(): Promise<void> {
    const { rows } = await this.root.query<{ sql: string | null }>(
      `SELECT string_agg(format('DROP ROLE %I;', rolname), '') AS sql FROM pg_roles WHERE rolname = ANY ($1)`,
      [ALL],
    );
    // Memberships go first: one that a role granted keeps that role.
    await this.root.query(
      `DO $$ DECLARE m record; BEGIN
         FOR m IN SELECT roleid::regrole AS g, member::regrole AS u, grantor::regrole AS by FROM pg_auth_members
                   WHERE roleid::regrole::text !~ '^pg_' LOOP
           EXECUTE format('REVOKE %s FROM %s CASCADE', m.g, m.u);
         END LOOP; END $$`,
    );
    await this.revokeAll();
    await this.root.query(rows[0]?.sql ?? "SELECT");
    for (const name of [...IGNORED, STRANGER]) await this.hand.query(`CREATE ROLE ${name}`);
  }

  private async revokeAll(): Promise<void> {
    if (!this.flavour.options) return;
    for (;;) {
      const { rows } = await this.root.query<{ sql: string | null }>(
        `SELECT string_agg(format('REVOKE %s FROM %s GRANTED BY %s CASCADE;', roleid::regrole, member::regrole, grantor::regrole), '') AS sql
           FROM pg_auth_members WHERE roleid::regrole::text !~ '^pg_' AND grantor <> 10`,
      );
      if (typeof rows[0]?.sql !== "string") return;
      await this.root.query(rows[0].sql);
    }
  }

  /** Does what a person did; what the server refuses did not happen. */
  async byHand(sql: readonly string[]): Promise<string[]> {
    const refused: string[] = [];
    for (const statement of sql) {
      await this.hand.query(statement).catch((error: unknown) => refused.push(`${statement}: ${String(error)}`));
    }
    return refused;
  }

  /** Plays a history; what is not as it should be throws. */
  async play({ steps, last }: History): Promise<void> {
    await this.reset();
    const stack = new Stack(this.server, this.login, this.wire);
    const story = new Story();
    for (const step of steps) await this.step(stack, story, step);
    await this.breakCircles(last);
    await this.watched(story, async () => {
      await stack.refresh({ now: TIMES[1] ?? "" });
      story.refreshed(await this.live());
      return stack.succeed(programOf(last), { now: TIMES[1] ?? "" });
    });
    await this.holds(stack, story, last);
  }

  private async step(stack: Stack, story: Story, step: Step): Promise<void> {
    if (step.kind === "hand") {
      await this.byHand(step.sql);
      for (const statement of step.sql) story.byHand(statement);
      return;
    }
    await this.watched(story, async () => {
      if (step.refresh) {
        await stack.refresh({ now: TIMES[0] ?? "" });
        story.refreshed(await this.live());
      }
      story.before(await this.live(), step.wanted);
      const stored = JSON.stringify([...stack.state]);
      const outcome = await stack.up(programOf(step.wanted), {
        now: TIMES[0] ?? "",
        faults: faultsOf(step.fault),
        parallel: 4,
      });
      story.ran(await this.live(), step.wanted, outcome, stack.wire.killed);
      // What failed and wrote nothing down may have set passwords all the same.
      // Where a user moved, the resource that did not get its turn knows nothing of what the other has set.
      const moved = this.flavour.place === "mixed";
      if (moved || stored === JSON.stringify([...stack.state])) story.doubt(step.wanted, outcome);
      return outcome;
    });
  }

  /** Every run leaves ignored names, strangers and the account that runs it as they were. */
  private async watched(_story: Story, work: () => Promise<Outcome>): Promise<void> {
    const before = await this.live();
    await work();
    const after = await this.live();
    const watched = [...IGNORED, STRANGER, this.login.user];
    for (const name of watched) assert.deepEqual(after.roles.get(name), before.roles.get(name), `${name} was changed`);
    const rows = ({ rows: all }: Live): string[] =>
      all
        .filter(
          ({ group, member }) =>
            (IGNORED.includes(member) || IGNORED.includes(group)) && after.roles.has(group) && after.roles.has(member),
        )
        .map((row) => JSON.stringify(row));
    assert.deepEqual(rows(after), rows(before), "a membership of an ignored name was changed");
  }

  /**
   * Somebody takes away by hand what would make the last program impossible: it is refused, as other tests show. Of
   * several resources one may have to give before another takes: then they cannot turn nested groups round either.
   */
  private async breakCircles({ groups }: Wanted): Promise<void> {
    const { rows } = await this.live();
    const stuck = rows.filter(
      ({ group, member }) =>
        member !== this.login.user &&
        (groups[group]?.members === undefined || (this.flavour.place !== "bulk" && GROUPS.includes(member))) &&
        !IGNORED.includes(group) &&
        (GROUPS.includes(member) || !GROUPS.includes(group)),
    );
    const ignored = rows.filter(({ group }) => IGNORED.includes(group));
    for (const { group, member, grantor } of [...stuck, ...ignored]) {
      const by = this.flavour.options ? ` GRANTED BY ${grantor}` : "";
      await this.root.query(`REVOKE ${group} FROM ${member}${by} CASCADE`);
    }
  }

  /** What is true in the end. */
  private async holds(stack: Stack, story: Story, last: Wanted): Promise<void> {
    const live = await this.live();
    assert.deepEqual(
      mismatches(live, last, { now: TIMES[1] ?? "", own: this.login.user, doubtful: story.doubtful }),
      [],
    );
    assert.deepEqual(story.leftovers(live, last), []);
    for (const again of ["as stored", "refreshed"]) {
      if (again === "refreshed") await stack.refresh({ now: TIMES[1] ?? "" });
      const preview = await stack.preview(programOf(last), { now: TIMES[1] ?? "" });
      const busy = Object.entries(preview.ops).filter(([, op]) => op !== "same");
      assert.deepEqual([busy, preview.plans, preview.warnings], [[], {}, []], `a second preview, ${again}`);
      assert.deepEqual(preview.errors, []);
    }
  }
}

/** What a history has done so far, as far as the end has to answer for it. */
class Story {
  /**
   * Users whose password nobody can answer for: dropped by hand and made again, or set by a run that could not write
   * down that it did.
   */
  readonly doubtful = new Set<string>();
  /** Names of which nobody knows whose they are. */
  private readonly forgot = new Set<string>();
  /** What the program has made or taken, with what should become of it when it leaves. */
  private readonly owned = new Map<string, Owned>();
  private live: Live = { roles: new Map(), rows: [] };

  byHand(statement: string): void {
    const dropped = /^DROP ROLE (\w+)/.exec(statement)?.[1];
    if (dropped !== undefined) {
      this.doubtful.add(dropped);
      this.forgot.add(dropped);
    }
  }

  doubt({ users }: Wanted, { errors }: Outcome): void {
    if (errors.length > 0) for (const name of Object.keys(users)) this.doubtful.add(name);
  }

  before(live: Live, _wanted: Wanted): void {
    this.live = live;
  }

  /** Takes down whose role is whose after a run. */
  ran(live: Live, wanted: Wanted, outcome: Outcome, killed: boolean): void {
    if (killed) {
      // Nobody knows whose is what the run has made and could not write down.
      for (const name of Object.keys(wanted.users)) this.doubtful.add(name);
      for (const name of [...Object.keys(wanted.users), ...Object.keys(wanted.groups)])
        if (!this.owned.has(name)) this.forgot.add(name);
    }
    const failed = killed || outcome.errors.length > 0;
    if (!failed) {
      const gone = this.leftovers(live, wanted);
      assert.deepEqual(gone, []);
      for (const name of this.owned.keys())
        if (!(name in wanted.users) && !(name in wanted.groups)) this.owned.delete(name);
    }
    // What is gone is nobody's. Made again by a run that then lost its connection for good, it is not written down.
    for (const name of this.owned.keys()) if (!live.roles.has(name)) this.owned.delete(name);
    const told = (name: string, onRemove: string | undefined): string | undefined =>
      onRemove ?? (wanted.own.includes(name) ? undefined : wanted.onRemove);
    const declared = [
      ...Object.entries(wanted.users).map(([name, { onRemove }]) => ({
        name,
        fate: told(name, onRemove),
        group: false,
      })),
      ...Object.entries(wanted.groups).map(([name, { onRemove }]) => ({
        name,
        fate: told(name, onRemove),
        group: true,
      })),
    ];
    for (const { name, fate, group } of declared) {
      const known = this.owned.get(name);
      if (!live.roles.has(name) || (failed && known === undefined)) continue;
      // Whether the state holds what a failed run was told is a matter of where it failed.
      const fates = failed && known !== undefined ? [...known.fates, fate] : [fate];
      this.owned.set(name, { fates, before: known?.before ?? this.live.roles.get(name), group });
    }
  }

  /** After a refresh the state knows what is gone. */
  refreshed(live: Live): void {
    for (const name of this.owned.keys()) if (!live.roles.has(name)) this.owned.delete(name);
  }

  /** What should have left and has not, or should have stayed and has not. */
  leftovers(live: Live, wanted: Wanted): string[] {
    return [...this.owned].flatMap(([name, { fates, before, group }]) => {
      if (name in wanted.users || name in wanted.groups || this.forgot.has(name)) return [];
      const problems = fates.map((fate) =>
        leftover(live.roles.get(name), fate ?? (before ? "disable" : "drop"), group),
      );
      return problems.every((problem) => problem !== undefined) ? problems.map((problem) => `${name} ${problem}`) : [];
    });
  }
}

interface Owned {
  /** What may become of it when it leaves. */
  readonly fates: readonly (string | undefined)[];
  /** What it was before the program had it. */
  readonly before: LiveRole | undefined;
  readonly group: boolean;
}

function leftover(role: LiveRole | undefined, fate: string, group: boolean): string | undefined {
  if (fate === "keep") return role === undefined ? "should have been kept" : undefined;
  if (fate === "drop") return role === undefined ? undefined : "should have been dropped";
  // What was there before may have looked as if we had made it, and then is dropped.
  return role?.login === true && !group ? "should not be able to log in" : undefined;
}
