import type { Problem, Unit } from "../core/resource.js";
import { grantorsIn, itemsOf, type AclItem } from "./acl.js";
import { canBecome, hasRightsOf, type Catalog } from "./catalog.js";
import type { Change } from "./changes.js";
import { shownName } from "./databaseCatalog.js";
import { KINDS, everyPrivilege, expanded, type ObjectKind } from "./objectKinds.js";
import { grantorFor, type Target } from "./privilegeChanges.js";
import { isAllOfIt, type NamedObject, type ObjectSet } from "./securedObjects.js";

/** Privileges that somebody is to have on a set of objects. */
export interface WantedPrivileges extends ObjectSet {
  readonly grantee: string;
  /** By name; ALL for all that the server's version knows. */
  readonly privileges: readonly string[];
  /** May be given on. */
  readonly option: boolean;
}

/** What brings privileges to what is declared, and what hinders it. */
export interface PrivilegeDelta {
  readonly units: Unit<Change>[];
  readonly problems: Problem[];
}

/** Something to give or to take on one object, as a role. */
interface Step {
  readonly object: NamedObject;
  readonly privileges: readonly string[];
  /** The role to become for it; undefined where the account does it itself. */
  readonly as: string | undefined;
}

/** The privileges of a set that the server's version has. */
export function privilegesIn(catalog: Catalog, { kind, privileges }: WantedPrivileges): string[] {
  return expanded(kind, privileges, catalog);
}

/** Privileges in the documentation's order. */
function inOrder(kind: ObjectKind, privileges: readonly string[]): string[] {
  return everyPrivilege(kind).filter((privilege) => privileges.includes(privilege));
}

/** What somebody is to have on an object and has not; what is to be given on and cannot be counts as not there. */
export function lacking(catalog: Catalog, object: NamedObject, wanted: WantedPrivileges): string[] {
  // An owner has all rights on what it owns.
  if (object.owner === wanted.grantee) return [];
  const items = itemsOf(object.acl, wanted.grantee);
  return privilegesIn(catalog, wanted).filter(
    (privilege) => !items.some((item) => item.privilege === privilege && (!wanted.option || item.grantable)),
  );
}

/** What somebody has from anybody on an object, of some privileges. */
export function held(
  object: NamedObject,
  { grantee }: WantedPrivileges,
  of: (privilege: string) => boolean,
): AclItem[] {
  if (object.owner === grantee) return [];
  return itemsOf(object.acl, grantee).filter(({ privilege }) => of(privilege));
}

/** Gives what is lacking, a statement for all objects that lack the same. */
export function giving(catalog: Catalog, objects: readonly NamedObject[], wanted: WantedPrivileges): PrivilegeDelta {
  const steps: Step[] = [];
  const problems: Problem[] = [];
  for (const object of objects) {
    const privileges = lacking(catalog, object, wanted);
    if (privileges.length === 0) continue;
    const by = giver(catalog, object, privileges, wanted);
    if (by === undefined) problems.push(notGrantable(catalog, object, privileges, wanted));
    else steps.push({ object, privileges, as: by.as });
  }
  const option = wanted.option ? { option: true as const } : {};
  return {
    units: statements(wanted, objects, steps).map(({ step, target }) => [
      {
        kind: "grant",
        target,
        privileges: step.privileges,
        grantees: [wanted.grantee],
        ...option,
        ...acting(step.as),
      },
    ]),
    problems,
  };
}

/** Takes items back, each as who gave it. With `optionOnly`, only the right to give them on. */
export function taking(
  catalog: Catalog,
  objects: readonly NamedObject[],
  wanted: WantedPrivileges,
  itemsToTake: (object: NamedObject) => readonly AclItem[],
  optionOnly = false,
): PrivilegeDelta {
  const steps: Step[] = [];
  const problems: Problem[] = [];
  for (const object of objects) {
    const byGrantor = new Map<string, string[]>();
    for (const { grantor, privilege } of itemsToTake(object)) {
      byGrantor.set(grantor, [...(byGrantor.get(grantor) ?? []), privilege]);
    }
    for (const [grantor, privileges] of byGrantor) {
      const by = taker(catalog, object, grantor, wanted);
      const passedOn = dependents(object, wanted.grantee, privileges);
      if (passedOn.length > 0) problems.push(stillPassedOn(object, privileges, passedOn, wanted));
      else if (by === undefined) problems.push(notRevocable(catalog, object, privileges, grantor, wanted));
      else steps.push({ object, privileges: inOrder(wanted.kind, privileges), as: by.as });
    }
  }
  const option = optionOnly ? { option: true as const } : {};
  return {
    units: statements(wanted, objects, steps).map(({ step, target }) => [
      {
        kind: "revoke",
        target,
        privileges: step.privileges,
        grantees: [wanted.grantee],
        ...option,
        ...acting(step.as),
      },
    ]),
    problems,
  };
}

function acting(as: string | undefined): { as?: string } {
  return as === undefined ? {} : { as };
}

/** Objects for which the same is to be done share a statement; those that are all of a schema are not named one by one. */
function statements(
  { database, kind, schema, names }: WantedPrivileges,
  all: readonly NamedObject[],
  steps: readonly Step[],
): { step: Step; target: Target }[] {
  const alike = new Map<string, Step[]>();
  for (const step of steps) {
    const key = JSON.stringify([step.as, step.privileges]);
    alike.set(key, [...(alike.get(key) ?? []), step]);
  }
  return [...alike.values()].flatMap((same) => {
    const [step] = same;
    if (step === undefined) return [];
    const found = same.map(({ object }) => object.name);
    const whole =
      names === undefined && kind !== "type" && (isAllOfIt(found) || (found.length > 1 && found.length === all.length));
    const place = schema === undefined || KINDS[kind].within !== "schema" ? {} : { schema };
    return [{ step, target: { database, kind, ...place, names: found, ...(whole ? { whole: true as const } : {}) } }];
  });
}

/** As whom something can be given: itself, with the owner's rights or a right to give it on, or else the owner. */
function giver(
  catalog: Catalog,
  { owner, acl }: NamedObject,
  privileges: readonly string[],
  { database }: WantedPrivileges,
): { as: string | undefined } | undefined {
  const account = catalog.server?.currentUser;
  if (account === undefined || owner === "" || grantorFor(catalog, owner, database) === owner) return { as: undefined };
  const mayGive = (privilege: string): boolean =>
    [...acl].some(
      ([grantee, items]) =>
        items.some((item) => item.privilege === privilege && item.grantable) && hasRightsOf(catalog, account, grantee),
    );
  if (privileges.every(mayGive)) return { as: undefined };
  return canBecome(catalog, account, owner) ? { as: owner } : undefined;
}

/** As whom something can be taken back: only as who gave it. */
function taker(
  catalog: Catalog,
  { owner }: NamedObject,
  grantor: string,
  { database }: WantedPrivileges,
): { as: string | undefined } | undefined {
  const account = catalog.server?.currentUser;
  if (account === undefined || grantorFor(catalog, owner, database) === grantor) return { as: undefined };
  return canBecome(catalog, account, grantor) ? { as: grantor } : undefined;
}

/** Who has something from somebody who is to lose it. */
function dependents({ acl }: NamedObject, grantee: string, privileges: readonly string[]): string[] {
  if (!grantorsIn(acl).has(grantee)) return [];
  const given = [...acl].filter(
    ([other, items]) =>
      other !== grantee && items.some((item) => item.grantor === grantee && privileges.includes(item.privilege)),
  );
  return given.map(([other]) => other);
}

function what({ name }: NamedObject, privileges: readonly string[], { kind, schema = "" }: WantedPrivileges): string {
  return `${privileges.join(", ")} on ${kind} ${shownName(kind, schema, name)}`;
}

function notGrantable(
  catalog: Catalog,
  object: NamedObject,
  privileges: readonly string[],
  wanted: WantedPrivileges,
): Problem {
  const account = JSON.stringify(catalog.server?.currentUser ?? "");
  return {
    message: `${account} cannot grant ${what(object, privileges, wanted)}, which belongs to ${JSON.stringify(object.owner)}`,
    remedy: `Run as ${JSON.stringify(object.owner)} or as a member of it (GRANT ${object.owner} TO the account), or let the account give it on (WITH GRANT OPTION).`,
  };
}

function notRevocable(
  catalog: Catalog,
  object: NamedObject,
  privileges: readonly string[],
  grantor: string,
  wanted: WantedPrivileges,
): Problem {
  const account = JSON.stringify(catalog.server?.currentUser ?? "");
  return {
    message: `${account} cannot take ${what(object, privileges, wanted)} from ${JSON.stringify(wanted.grantee)}, because ${JSON.stringify(grantor)} granted it`,
    remedy: `Run as ${JSON.stringify(grantor)}, as a member of it, or as a superuser.`,
  };
}

function stillPassedOn(
  object: NamedObject,
  privileges: readonly string[],
  to: readonly string[],
  wanted: WantedPrivileges,
): Problem {
  const names = to.map((name) => JSON.stringify(name)).join(", ");
  return {
    message: `${JSON.stringify(wanted.grantee)} cannot lose ${what(object, privileges, wanted)}, because it has granted that to ${names}`,
    remedy: `Take it back from ${names} first, or grant it to them in the program.`,
  };
}
