import { placeText, type DocumentProblem, type Place } from "../../core/place.js";
import { permissionKey, permissionText, type Permission } from "./permissions.js";
import type { PlacedRequest } from "./readProduct.js";
import { principalOf, type AccessRequest } from "./request.js";

/*
 * What requests have to do with each other: renewals, and two for the same access.
 */

/** A request, as far as others can refer to it. */
export interface Referable {
  /** Its id. */
  readonly id: string;
  /** What it says. */
  readonly request: AccessRequest;
}

/** Which request prolongs which, and what is wrong with that. */
export interface Renewals {
  /** By id, the request that prolongs it. */
  readonly renewedBy: ReadonlyMap<string, string>;
  /** What is wrong. */
  readonly problems: readonly (DocumentProblem & { readonly id: string })[];
}

/** Reads which requests prolong which. What is renewed may be a request whose file is gone. */
export function renewalsOf(requests: readonly PlacedRequest[], deleted: readonly Referable[]): Renewals {
  const known = new Map<string, Referable>([...deleted, ...requests].map((each) => [each.id, each]));
  const renewedBy = new Map<string, string>();
  const problems: (DocumentProblem & { id: string })[] = [];
  for (const { id, request, placeOf } of requests) {
    const { renews } = request;
    if (renews === undefined) continue;
    const message = refusedRenewal(id, request, known, renewedBy.get(renews));
    if (message === undefined) renewedBy.set(renews, id);
    else problems.push({ id, ...placeOf(["renews"]), message });
  }
  return { renewedBy, problems };
}

function refusedRenewal(
  id: string,
  request: AccessRequest,
  known: ReadonlyMap<string, Referable>,
  other: string | undefined,
): string | undefined {
  const { renews = "" } = request;
  const old = known.get(renews);
  if (old === undefined)
    return `there is no request ${JSON.stringify(renews)}: name one by its request_id, or its file's name without the ending`;
  if (leadsTo(id, old, known))
    return `${JSON.stringify(renews)} renews this request, directly or by way of others: requests cannot renew each other`;
  if (other !== undefined)
    return `${JSON.stringify(renews)} is renewed by ${JSON.stringify(other)} already: keep one of them`;
  const [was, is] = [principalOf(old.request), principalOf(request)];
  if (was.toLowerCase() === is.toLowerCase()) return undefined;
  return `${JSON.stringify(renews)} is a request of ${was}, and this one is of ${is}: a renewal is for the same consumer`;
}

function leadsTo(id: string, start: Referable, known: ReadonlyMap<string, Referable>): boolean {
  const seen = new Set<string>();
  for (let at: Referable | undefined = start; at !== undefined && !seen.has(at.id);) {
    if (at.id === id) return true;
    seen.add(at.id);
    at = at.request.renews === undefined ? undefined : known.get(at.request.renews);
  }
  return false;
}

/** A request with what it asks for. */
export interface Asking {
  /** Its id. */
  readonly id: string;
  /** What it says. */
  readonly request: AccessRequest;
  /** Where it stands. */
  readonly place: Place;
  /** What it asks for. */
  readonly requested: readonly Permission[];
}

/** Two requests for the same access of which neither prolongs the other: a problem of the second, which names the first. */
export function twiceAsked(
  requests: readonly Asking[],
  { renewedBy }: Renewals,
): (DocumentProblem & { readonly id: string })[] {
  const first = new Map<string, Asking>();
  const told = new Set<string>();
  return requests.flatMap((asking) =>
    asking.requested.flatMap((permission) => {
      const key = JSON.stringify([principalOf(asking.request).toLowerCase(), permissionKey(permission)]);
      const other = first.get(key);
      if (other === undefined || areOneLine(asking.id, other.id, renewedBy)) {
        first.set(key, asking);
        return [];
      }
      const pair = JSON.stringify([other.id, asking.id]);
      if (told.has(pair)) return [];
      told.add(pair);
      const message =
        `${principalOf(asking.request)} asks for ${permissionText(permission)} in ${placeText(other.place)} already: keep one of them, ` +
        `or write renews: ${other.id} where this one prolongs it`;
      return [{ id: asking.id, ...asking.place, message }];
    }),
  );
}

/** Whether one request prolongs the other, directly or by way of others. */
function areOneLine(one: string, other: string, renewedBy: ReadonlyMap<string, string>): boolean {
  const follows = (start: string, end: string): boolean => {
    for (let at = renewedBy.get(start); at !== undefined; at = renewedBy.get(at)) if (at === end) return true;
    return false;
  };
  return follows(one, other) || follows(other, one);
}
