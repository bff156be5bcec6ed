import type { RosterError } from "../core/errors.js";
import { canonicalJson } from "../core/lines.js";
import type { Change } from "./changes.js";
import type { Writer } from "./dialect.js";
import { NAMES_IN_A_STATEMENT } from "./statements.js";

/** What one resource wants done, all or nothing. */
export interface Member {
  readonly changes: readonly Change[];
  resolve(): void;
  reject(error: RosterError): void;
}

/** One statement of a script, and who wants it. */
export interface Line {
  readonly sql: string;
  /** As a message shows it, without secrets. */
  readonly shown: string;
  readonly owners: readonly Member[];
}

type MembershipChange = Extract<Change, { kind: "grantMembership" | "revokeOption" | "revokeMembership" }>;

/** What is taken before what is given. */
const ORDER = ["revokeMembership", "revokeOption", "grantMembership"] as const;

/**
 * The statements for members of a batch. Memberships of one group become one statement for a hundred names, whoever
 * wants them. Members of a batch do not need each other, so their order is ours: roles first, then what is taken, then
 * what is given, each by group. One fixed order also means that two runs which meet wait for each other and do not
 * lock each other out.
 */
export function linesOf(members: readonly Member[], writer: Writer): Line[] {
  const [memberships, others] = [
    members.filter(isMembershipOnly),
    members.filter((member) => !isMembershipOnly(member)),
  ];
  return [
    ...others.flatMap((member) => ownLines(member, writer)),
    ...ORDER.flatMap((kind) => mergedLines(memberships, kind, writer)),
  ];
}

function isMembershipOnly({ changes }: Member): boolean {
  return changes.every(({ kind }) => ORDER.some((membership) => membership === kind));
}

function ownLines(member: Member, writer: Writer): Line[] {
  const shown = member.changes.flatMap((change) => writer.shown(change));
  return member.changes
    .flatMap((change) => writer.statements(change))
    .map((sql, index) => ({ sql, shown: shown[index] ?? "", owners: [member] }));
}

function mergedLines(members: readonly Member[], kind: MembershipChange["kind"], writer: Writer): Line[] {
  const byStatement = new Map<string, { change: MembershipChange; wanted: { name: string; owner: Member }[] }>();
  for (const owner of members) {
    for (const change of owner.changes) {
      if (change.kind !== kind) continue;
      const { members: names, ...rest } = change;
      const key = canonicalJson(rest);
      const entry = byStatement.get(key) ?? { change, wanted: [] };
      for (const name of names) entry.wanted.push({ name, owner });
      byStatement.set(key, entry);
    }
  }
  const ordered = [...byStatement].sort(([a], [b]) => (a < b ? -1 : 1));
  return ordered.flatMap(([, { change, wanted }]) => chunks(wanted).map((chunk) => mergedLine(change, chunk, writer)));
}

function mergedLine(
  change: MembershipChange,
  wanted: readonly { name: string; owner: Member }[],
  writer: Writer,
): Line {
  const merged = { ...change, members: [...new Set(wanted.map(({ name }) => name))] };
  const owners = [...new Set(wanted.map(({ owner }) => owner))];
  return { sql: writer.statements(merged).join("\n"), shown: writer.shown(merged).join("\n"), owners };
}

function chunks<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / NAMES_IN_A_STATEMENT);
  return Array.from({ length: count }, (_, index) =>
    items.slice(index * NAMES_IN_A_STATEMENT, (index + 1) * NAMES_IN_A_STATEMENT),
  );
}
