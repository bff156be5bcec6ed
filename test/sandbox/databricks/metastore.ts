/*
 * A metastore as Unity Catalog keeps it: securables in their hierarchy, principals, and who has what. Written from the
 * contract: names compare without case, privileges are inherited downwards, and a grant needs MANAGE or ownership.
 */

/** A service's answer that says no. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Somebody who can hold privileges. */
export interface Principal {
  /** E-mail address, group name, or application id, as it was created. */
  readonly name: string;
  readonly id: number;
  /** For a group: the folded names of who is in it. */
  readonly members?: ReadonlySet<string>;
}

/** Something that privileges are on. */
interface Securable {
  readonly type: string;
  readonly name: string;
  owner: string;
  /** By folded principal. */
  readonly grants: Map<string, Set<string>>;
}

/** What one principal has on a securable. */
export interface Assignment {
  readonly principal: string;
  readonly principal_id: number;
  readonly privileges: readonly string[];
}

/** A privilege and where it comes from. */
export interface EffectivePrivilege {
  readonly privilege: string;
  readonly inherited_from_type?: string;
  readonly inherited_from_name?: string;
}

const fold = (name: string): string => name.toLowerCase();

/** What each type says when something of it is not there. */
const MISSING_CODES: Readonly<Record<string, string>> = {
  catalog: "CATALOG_DOES_NOT_EXIST",
  schema: "SCHEMA_DOES_NOT_EXIST",
  table: "TABLE_DOES_NOT_EXIST",
  volume: "VOLUME_DOES_NOT_EXIST",
  function: "ROUTINE_DOES_NOT_EXIST",
  external_location: "EXTERNAL_LOCATION_DOES_NOT_EXIST",
  storage_credential: "STORAGE_CREDENTIAL_DOES_NOT_EXIST",
  connection: "CONNECTION_DOES_NOT_EXIST",
  share: "SHARE_DOES_NOT_EXIST",
};

/** The state of one metastore. */
export class Metastore {
  private readonly securables = new Map<string, Securable>();
  private readonly principals = new Map<string, Principal>();
  /** What was listed already: pages of a long list are asked for one after another. */
  private readonly listed = new Map<string, Assignment[]>();
  private lastId = 1000;
  /** Who owns what is made from here on. */
  owner = "owner@example.com";

  constructor() {
    this.addPrincipal(this.owner);
  }

  /** Makes a securable, and what it is in: `table main.sales.orders` makes catalog and schema too. */
  create(...texts: readonly string[]): void {
    for (const text of texts) {
      const [type = "", name = ""] = text.split(" ");
      for (const [above, of] of parentsOf(type, name)) this.put(above, of);
      this.put(type, name);
    }
  }

  private put(type: string, name: string): void {
    const key = `${type} ${fold(name)}`;
    if (!this.securables.has(key)) this.securables.set(key, { type, name, owner: this.owner, grants: new Map() });
  }

  /** Drops a securable and what is in it, by hand: the privileges go with them. */
  drop(text: string): void {
    this.listed.clear();
    const { type, name } = this.find(text);
    for (const [key, each] of this.securables) {
      if (each.name === name && each.type === type) this.securables.delete(key);
      if (parentsOf(each.type, each.name).some(([above, of]) => above === type && fold(of) === fold(name))) {
        this.securables.delete(key);
      }
    }
  }

  addPrincipal(...names: readonly string[]): void {
    for (const name of names) this.principals.set(fold(name), { name, id: (this.lastId += 1) });
  }

  addGroup(name: string, members: readonly string[]): void {
    this.principals.set(fold(name), { name, id: (this.lastId += 1), members: new Set(members.map(fold)) });
  }

  /** Deletes a principal from the account: what it had is there for nobody. */
  removePrincipal(name: string): void {
    this.listed.clear();
    this.principals.delete(fold(name));
    for (const { grants } of this.securables.values()) grants.delete(fold(name));
  }

  find(text: string): Securable {
    const [type = "", name = ""] = text.split(" ");
    const found = this.securables.get(`${type} ${fold(name)}`);
    if (found !== undefined) return found;
    for (const [above, of] of parentsOf(type, name)) {
      if (!this.securables.has(`${above} ${fold(of)}`)) throw missing(above, of);
    }
    throw missing(type, name);
  }

  principal(name: string): Principal {
    const found = this.principals.get(fold(name));
    if (found !== undefined) return found;
    throw new Refused(404, "PRINCIPAL_DOES_NOT_EXIST", `Could not find principal with name ${name}`);
  }

  everybody(): Principal[] {
    return [...this.principals.values()];
  }

  groupsOf(name: string): Principal[] {
    return [...this.principals.values()].filter(({ members }) => members?.has(fold(name)) === true);
  }

  setOwner(text: string, owner: string): void {
    this.find(text).owner = owner;
  }

  ownerOf(text: string): string {
    return this.find(text).owner;
  }

  /** Gives privileges, as a person does by hand. */
  grant(text: string, principal: string, ...privileges: readonly string[]): void {
    this.listed.clear();
    const { grants } = this.find(text);
    const { name } = this.principal(principal);
    grants.set(fold(name), new Set([...(grants.get(fold(name)) ?? []), ...privileges]));
  }

  /** Takes privileges, as a person does by hand. */
  revoke(text: string, principal: string, ...privileges: readonly string[]): void {
    this.listed.clear();
    const { grants } = this.find(text);
    const held = grants.get(fold(principal));
    for (const privilege of privileges) held?.delete(privilege);
    if (held?.size === 0) grants.delete(fold(principal));
  }

  /** What was given on a securable itself, by principal. */
  direct(text: string): Record<string, string[]> {
    return Object.fromEntries(this.assignments(text).map(({ principal, privileges }) => [principal, [...privileges]]));
  }

  assignments(text: string): readonly Assignment[] {
    const known = this.listed.get(fold(text));
    if (known !== undefined) return known;
    const made = [...this.find(text).grants]
      .map(([key, privileges]) => {
        const { name, id } = this.principal(key);
        return { principal: name, principal_id: id, privileges: [...privileges].sort() };
      })
      .sort((a, b) => (a.principal < b.principal ? -1 : 1));
    this.listed.set(fold(text), made);
    return made;
  }

  /** What everybody has on a securable, by itself or from above. */
  effective(text: string): Map<string, EffectivePrivilege[]> {
    const { type, name } = this.find(text);
    const found = new Map<string, EffectivePrivilege[]>();
    const collect = (from: string, more: Omit<EffectivePrivilege, "privilege">): void => {
      for (const { principal, privileges } of this.assignments(from)) {
        const of = found.get(principal) ?? [];
        found.set(principal, [...of, ...privileges.map((privilege) => ({ privilege, ...more }))]);
      }
    };
    collect(text, {});
    for (const [above, of] of parentsOf(type, name)) {
      collect(`${above} ${of}`, { inherited_from_type: above.toUpperCase(), inherited_from_name: of });
    }
    return found;
  }

  /** Whether somebody may change privileges on a securable. */
  mayManage(text: string, caller: string): boolean {
    const { type, name } = this.find(text);
    const identities = new Set([fold(caller), ...this.groupsOf(caller).map((group) => fold(group.name))]);
    return [[type, name] as const, ...parentsOf(type, name)].some(([of, each]) => {
      const { owner, grants } = this.find(`${of} ${each}`);
      return identities.has(fold(owner)) || [...identities].some((identity) => grants.get(identity)?.has("MANAGE"));
    });
  }
}

/** What a securable is in, from the inside to the outside. */
function parentsOf(type: string, name: string): (readonly [string, string])[] {
  const parts = name.split(".");
  if (type === "schema") return [["catalog", parts[0] ?? ""]];
  if (parts.length < 3) return [];
  return [
    ["schema", parts.slice(0, 2).join(".")],
    ["catalog", parts[0] ?? ""],
  ];
}

function missing(type: string, name: string): Refused {
  const word = type.charAt(0).toUpperCase() + type.slice(1);
  return new Refused(404, MISSING_CODES[type] ?? "RESOURCE_DOES_NOT_EXIST", `${word} '${name}' does not exist.`);
}
