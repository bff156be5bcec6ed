import type { Product } from "./product.js";
import type { AccessRequest } from "./request.js";

/** Who is who, by a product's file: one person has several addresses, logins and keys, and a team several people. */
export interface People {
  /** The address under which a person is known, for any of theirs. */
  person(address: string): string;
  /** The people behind an address: those of a team, else the person alone. */
  behind(address: string): readonly string[];
  /** The person with a login on GitHub; undefined where the product names none. */
  byGithub(login: string): string | undefined;
  /** The person with a user name on GitLab. */
  byGitlab(name: string): string | undefined;
  /** The person who signs with an OpenPGP key, by its whole fingerprint. */
  byFingerprint(fingerprint: string): string | undefined;
}

/** Reads who is who of a product's file. */
export function peopleOf({ people, teams }: Pick<Product, "people" | "teams">): People {
  const entries = Object.entries(people);
  const also = new Map(entries.flatMap(([address, { also: others = [] }]) => others.map((each) => [each, address])));
  const named = (names: (of: Product["people"][string]) => readonly string[] | undefined): Map<string, string> =>
    new Map(entries.flatMap(([address, of]) => (names(of) ?? []).map((name) => [folded(name), address] as const)));
  const [github, gitlab, gpg] = [named((of) => of.github), named((of) => of.gitlab), named((of) => of.gpg)];
  const person = (address: string): string => also.get(address.toLowerCase()) ?? address.toLowerCase();
  return {
    person,
    behind: (address) => (teams[address.toLowerCase()] ?? [address]).map(person),
    byGithub: (login) => github.get(folded(login)),
    byGitlab: (name) => gitlab.get(folded(name)),
    byFingerprint: (fingerprint) => gpg.get(folded(fingerprint)),
  };
}

/**
 * Who asks: the person whose address the request has. A group or a service principal is nobody's own, so that whoever
 * wrote the file asks for it too.
 */
export function requestersOf(
  { consumer_info: who }: AccessRequest,
  people: People,
  filedBy: string | undefined,
): string[] {
  const isPerson = who.group === undefined && who.service_principal === undefined;
  return [who.email, ...(isPerson || filedBy === undefined ? [] : [filedBy])].map((address) => people.person(address));
}

function folded(name: string): string {
  return name.toLowerCase().replace(/^0x/, "").replaceAll(" ", "");
}
