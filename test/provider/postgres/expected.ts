import type { Member } from "../../../provider/postgres/members.js";
import { STANDARD_ROLE, type LiveRole } from "../../postgres/roles.js";
import type { Live } from "./live.js";
import { IGNORED, verifier, type Wanted, type WantedUser } from "./sequences.js";

/** What else there is to know for a comparison. */
export interface Circumstances {
  readonly now: string;
  /** The account that runs it, which is not counted as a member where it is not declared. */
  readonly own: string;
  /** Users whose password nobody answers for. */
  readonly doubtful: ReadonlySet<string>;
}

/** In what a server differs from what a program wants, in words. */
export function mismatches(live: Live, wanted: Wanted, how: Circumstances): string[] {
  const users = Object.entries(wanted.users).flatMap(([name, user]) => userMismatches(live, name, user, how));
  const groups = Object.entries(wanted.groups).flatMap(([name, { comment, members }]) => [
    ...roleMismatches(live.roles.get(name), name, { login: false, comment: comment ?? null }),
    ...(members === undefined ? [] : memberMismatches(live, name, members, how, wanted)),
  ]);
  return [...users, ...groups];
}

function userMismatches(live: Live, name: string, user: WantedUser, { doubtful }: Circumstances): string[] {
  const { comment = null, passwordVersion, onRemove: _onRemove, password: _password, ...attributes } = user;
  const role = live.roles.get(name);
  const differs = roleMismatches(role, name, { login: true, comment, ...attributes });
  const known = passwordVersion !== undefined && !doubtful.has(name);
  if (known && role?.verifier !== verifier(name, passwordVersion)) differs.push(`${name} has another password`);
  return differs;
}

function roleMismatches(role: LiveRole | undefined, name: string, given: Readonly<Record<string, unknown>>): string[] {
  if (role === undefined) return [`${name} is not there`];
  const { verifier: _verifier, ...is } = role;
  // No end of a password is no value or one that never comes.
  const live: Readonly<Record<string, unknown>> = {
    ...is,
    validUntil: is.validUntil === "infinity" ? null : is.validUntil,
  };
  return Object.entries({ ...STANDARD_ROLE, ...given })
    .filter(([attribute, value]) => live[attribute] !== value)
    .map(([attribute, value]) => `${name}.${attribute} is ${String(live[attribute])} and should be ${String(value)}`);
}

function memberMismatches(
  live: Live,
  group: string,
  members: readonly Member[],
  { now, own }: Circumstances,
  wanted: Wanted,
): string[] {
  const current = members.filter(({ name, until }) => !IGNORED.includes(name) && (until === undefined || until > now));
  const rows = live.rows.filter((row) => row.group === group && !IGNORED.includes(row.member));
  const names = new Set(current.map(({ name }) => name));
  // Memberships that are resources of their own say nothing about other members.
  const single = wanted.own.includes(group) && wanted.groups[group]?.single === true;
  const strangers = single
    ? []
    : rows.filter(({ member }) => !names.has(member) && member !== own).map(({ member }) => `${member} is in ${group}`);
  return [
    ...strangers,
    ...current.flatMap((member) =>
      optionMismatches(
        rows.filter((row) => row.member === member.name),
        group,
        member,
      ),
    ),
  ];
}

function optionMismatches(
  rows: readonly { admin: boolean; inherit: boolean; set: boolean }[],
  group: string,
  { name, admin = false, inherit, set = true }: Member,
): string[] {
  if (rows.length === 0) return [`${name} is not in ${group}`];
  const is = {
    admin: rows.some((row) => row.admin),
    inherit: rows.some((row) => row.inherit),
    set: rows.some((row) => row.set),
  };
  const should = { admin, set, ...(inherit === undefined ? {} : { inherit }) };
  return Object.entries(should)
    .filter(([option, value]) => is[option as keyof typeof is] !== value)
    .map(([option, value]) => `${name} in ${group}: ${option} should be ${String(value)}`);
}
