import { createHash } from "node:crypto";
import { counted } from "../core/progress.js";
import type { Reading } from "../core/reading.js";
import { Spool } from "../core/spool.js";
import type { Person } from "./types.js";

/*
 * Runs in the program: makes a directory of the people of a realm, one after the other, so that memory does not grow
 * with them. It knows of the directory only what it takes to find managers and teams.
 */

/** Tells what could not be taken of somebody: a kind of trouble, and the value. */
export type Trouble = (what: string, value?: string) => void;

/** What is made of somebody, as far as it is looked at here. */
export interface Mapped {
  readonly email?: string | undefined;
  readonly department?: string | undefined;
  /** E-mail address, user name, id or LDAP name of the manager: replaced by `managerEmail`. */
  readonly manager?: string | undefined;
  readonly managerEmail?: string | undefined;
  readonly teams?: readonly { readonly teamId?: string | undefined; readonly name?: string | undefined }[] | undefined;
}

/** How a directory is made of people. */
export interface Feeding<T extends Mapped> {
  readonly people: Reading<Person>;
  /** Called several times for everybody. Undefined leaves somebody out. */
  readonly map: (person: Person, trouble: Trouble) => T | undefined;
  /** The department of who has none. */
  readonly department: string | undefined;
  readonly warn: (text: string) => void;
  readonly inform: (text: string) => void;
  /** Takes the first few that were made. */
  readonly sample: (record: object) => void;
}

/** A team with everybody in it. */
export interface FedTeam {
  readonly teamId: string;
  readonly name: string;
  readonly members: readonly { readonly email: string }[];
}

/** A directory. The teams are known when the people have been gone through. */
export interface Fed<T extends Mapped> {
  readonly people: AsyncIterable<Omit<T, "manager">> & { readonly complete: boolean };
  readonly teams: Iterable<FedTeam>;
}

/** This many are shown to somebody who looks for a mistake in the mapping. */
const SAMPLES = 3;

/** Makes a directory. What is left out, and what could not be taken, is told when the people have been gone through. */
export async function feed<T extends Mapped>(feeding: Feeding<T>): Promise<Fed<T>> {
  const { people, map, department, sample } = feeding;
  const managers = await managersOf(feeding);
  const troubles = new Troubles();
  const teams = new Teams();
  let leftOut = 0;
  let taken = 0;

  async function* everybody(): AsyncGenerator<Omit<T, "manager">> {
    for await (const person of people) {
      const trouble: Trouble = (what, value) => {
        troubles.add(what, person.username, value);
      };
      const mapped = map(person, trouble);
      if (mapped === undefined) {
        leftOut += 1;
        continue;
      }
      const { manager, ...record } = mapped;
      const managerEmail = emailOf(manager, managers, trouble);
      const given = managerEmail === undefined ? record : { ...record, managerEmail };
      if ((record.department ?? "") === "" && department !== undefined) trouble(`no department, so ${department}`);
      teams.add(record);
      taken += 1;
      if (taken <= SAMPLES) sample(given);
      yield given;
    }
    tell(feeding, { taken, leftOut, troubles });
  }

  return {
    people: Object.assign(everybody(), { complete: people.complete }),
    // A list that is not everything would take out of a team whoever is not on it.
    teams: people.complete ? teams : [],
  };
}

function tell<T extends Mapped>(
  { people, warn, inform }: Feeding<T>,
  { taken, leftOut, troubles }: { readonly taken: number; readonly leftOut: number; readonly troubles: Troubles },
): void {
  troubles.tell(warn);
  const rest = leftOut === 0 ? "" : `, ${counted(leftOut)} are left out by the mapping`;
  const part = people.complete ? "" : "; this is not everybody, so that nobody is removed and teams stay as they are";
  inform(`${counted(people.count)} people were read of Keycloak: ${counted(taken)} go to the directory${rest}${part}.`);
}

/** What could not be taken, by kind: how many that concerns, and the first of them. */
class Troubles {
  private readonly kinds = new Map<string, { count: number; readonly first: string[] }>();

  add(what: string, who: string, value: string | undefined): void {
    const kind = this.kinds.get(what) ?? { count: 0, first: [] };
    this.kinds.set(what, kind);
    kind.count += 1;
    if (kind.first.length < 10) kind.first.push(value === undefined ? who : `${who} (${JSON.stringify(value)})`);
  }

  tell(warn: (text: string) => void): void {
    for (const [what, { count, first }] of this.kinds) {
      const more = count > first.length ? ` and ${counted(count - first.length)} more` : "";
      warn(`${counted(count)} ${count === 1 ? "person" : "people"}: ${what}: ${first.join(", ")}${more}.`);
    }
  }
}

/** Where Keycloak keeps the name that somebody has in the LDAP from which it has got the user. */
const LDAP_NAME = "LDAP_ENTRY_DN";

function isAddress(text: string): boolean {
  return /^[^\s@=,]+@[^\s@=,]+$/.test(text);
}

/** Keycloak keeps user names in lower case, and LDAP does not tell cases apart. */
function folded(name: string): string {
  return name.trim().toLowerCase();
}

/** The addresses of those whom others name as their managers by something else. Memory holds only managers. */
async function managersOf<T extends Mapped>({ people, map }: Feeding<T>): Promise<ReadonlyMap<string, string>> {
  const wanted = new Set<string>();
  const quiet: Trouble = () => undefined;
  for await (const person of people) {
    const manager = map(person, quiet)?.manager ?? "";
    if (manager !== "" && !isAddress(manager)) wanted.add(folded(manager));
  }
  const found = new Map<string, string>();
  if (wanted.size === 0) return found;
  for await (const person of people) {
    const names = [person.id, person.username, ...(person.attributes[LDAP_NAME] ?? [])].map(folded);
    const email = names.some((name) => wanted.has(name)) ? map(person, quiet)?.email : undefined;
    if (email !== undefined) for (const name of names) found.set(name, email);
  }
  return found;
}

function emailOf(
  manager: string | undefined,
  managers: ReadonlyMap<string, string>,
  trouble: Trouble,
): string | undefined {
  if (manager === undefined || manager === "") return undefined;
  if (isAddress(manager)) return manager;
  const email = managers.get(folded(manager));
  if (email === undefined)
    trouble("the manager is nobody in the realm who has an e-mail address, and is left out", manager);
  return email;
}

/** Teams that are gathered at once: those of one part are in memory. */
const PARTS = 64;

type Membership = readonly [team: string, name: string, email: string];

/** Who is in which team, on disk until the people have been gone through. */
class Teams implements Iterable<FedTeam> {
  private readonly memberships = new Spool<Membership>(PARTS);

  add({ email, teams = [] }: Mapped): void {
    if (email === undefined || !isAddress(email)) return;
    for (const { teamId, name } of teams) {
      if (teamId === undefined) continue;
      const part = createHash("sha256").update(teamId).digest().readUInt32BE(0) % PARTS;
      this.memberships.add(part, [teamId, name ?? teamId, email.toLowerCase()]);
    }
  }

  *[Symbol.iterator](): Generator<FedTeam, void, undefined> {
    for (let part = 0; part < PARTS; part += 1) {
      const teams = new Map<string, { readonly name: string; readonly emails: Set<string> }>();
      for (const [teamId, name, email] of this.memberships.read(part)) {
        const team = teams.get(teamId) ?? { name, emails: new Set() };
        teams.set(teamId, team);
        team.emails.add(email);
      }
      for (const [teamId, { name, emails }] of teams) {
        yield { teamId, name, members: [...emails].sort().map((email) => ({ email })) };
      }
    }
    this.memberships.close();
  }
}
