import type * as pulumi from "@pulumi/pulumi";
import { decodeNames } from "../../provider/core/lines.js";
import { expectObject } from "../core/knownKeys.js";
import { expectLists, looked } from "../core/lists.js";
import { entriesText } from "../core/resource.js";
import type { PrincipalArgs } from "./securable.js";

type Principals = readonly (string | PrincipalArgs)[];

/** Lists by privilege as they travel: each list one text (provider/core/lines.ts). */
export function listsInput(what: string, grants: unknown): pulumi.Output<Record<string, string>> {
  const known = looked(grants as pulumi.Input<Record<string, Principals>>, (lists) => {
    expectLists(what, "grants", lists);
  });
  return known.apply((lists) => texts(what, lists as Record<string, Principals>));
}

/** Lists by securable and privilege as they travel. */
export function listsBySecurableInput(
  what: string,
  grants: unknown,
): pulumi.Output<Record<string, Record<string, string>>> {
  const known = looked(grants as pulumi.Input<Record<string, Record<string, Principals>>>, (all) => {
    expectObject(what, "the lists by securable", all);
  });
  return known.apply((lists) => {
    const all = Object.entries(lists as Record<string, Record<string, Principals>>);
    return Object.fromEntries(all.map(([securable, of]) => [securable, texts(`${what}: ${securable}`, of)]));
  });
}

function texts(what: string, lists: Record<string, Principals>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(lists).map(([privilege, principals]) => {
      const entries = principals.map((each) => (typeof each === "string" ? each : { ...each }));
      return [privilege, entriesText(`${what}: ${privilege}`, entries as (string | { name: string })[])];
    }),
  );
}

/** Lists by privilege as programs read them: names. */
export function namesByPrivilege(lists: unknown): Record<string, string[]> {
  const known = (lists ?? {}) as Record<string, string>;
  return Object.fromEntries(Object.entries(known).map(([privilege, text]) => [privilege, decodeNames(text)]));
}

/** Lists by securable and privilege as programs read them. */
export function namesBySecurable(lists: unknown): Record<string, Record<string, string[]>> {
  const known = (lists ?? {}) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(known).map(([securable, of]) => [securable, namesByPrivilege(of)]));
}
