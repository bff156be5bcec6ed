import * as pulumi from "@pulumi/pulumi";
import { decodeNames } from "../../provider/core/lines.js";
import { entriesText } from "../core/resource.js";
import type { PrincipalArgs } from "./securable.js";

type Principals = readonly (string | PrincipalArgs)[];

/** Lists by privilege as they travel: each list one text (provider/core/lines.ts). */
export function listsInput(what: string, grants: unknown): pulumi.Output<Record<string, string>> {
  return pulumi
    .output(grants as pulumi.Input<Record<string, Principals>>)
    .apply((known) => texts(what, known as Record<string, Principals>));
}

/** Lists by securable and privilege as they travel. */
export function listsBySecurableInput(
  what: string,
  grants: unknown,
): pulumi.Output<Record<string, Record<string, string>>> {
  return pulumi.output(grants as pulumi.Input<Record<string, Record<string, Principals>>>).apply((known) => {
    const all = Object.entries(known as Record<string, Record<string, Principals>>);
    return Object.fromEntries(all.map(([securable, lists]) => [securable, texts(`${what}: ${securable}`, lists)]));
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
