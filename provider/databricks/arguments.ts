import * as z from "zod";
import { connectionArgument } from "../core/connections.js";
import { instant } from "../core/entryArguments.js";
import { decodeLines, encodeLines, type Entry } from "../core/lines.js";
import { checkWithin } from "../core/problems.js";
import { fold } from "./metastore.js";
import { canonicalPrivilege, refusedPrivilege } from "./privileges.js";
import { formatSecurable, parseSecurable, securableKey, type SecurableType } from "./securables.js";
import { connections } from "./settings.js";

/** The `connection` argument. */
export const connection = connectionArgument(connections);

/** `table main.sales.orders`; parsing gives the canonical text. */
export const securable = z.string().transform((text, context) => {
  const parsed = parseSecurable(text);
  if (!("reason" in parsed)) return formatSecurable(parsed);
  context.addIssue({ code: "custom", message: parsed.reason });
  return z.NEVER;
});

/** Why the service would not know somebody by a name; undefined where it may. */
export function refusedPrincipal(name: string): string | undefined {
  if (name.trim() !== name || name === "") return "must have a name, without blanks around it";
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(name)) return "holds a control character";
  return name.isWellFormed() ? undefined : "holds half of a surrogate pair, which is not Unicode text";
}

/** An e-mail address, the name of an account group, or the application id of a service principal. */
export const principal = z.string().superRefine((name, context) => {
  const reason = refusedPrincipal(name);
  if (reason !== undefined) context.addIssue({ code: "custom", message: reason });
});

/** When a grant ends. */
export const until = instant().optional();

/** Privileges in their canonical form, sorted, none twice. */
export const privileges = z
  .array(z.string())
  .min(1, "must name a privilege")
  .transform((given) => [...new Set(given.map(canonicalPrivilege))].sort());

/** Somebody on a list. */
export interface Grantee {
  readonly principal: string;
  /** When the grant ends, ISO 8601 in UTC; undefined for never. */
  readonly until?: string | undefined;
}

const attributes = z.strictObject({ until });

/** A list of principals as one text (core/lines.ts); parsing gives the canonical text. */
const granteeLines = z.string().transform((text, context) => {
  try {
    const grantees = decodeLines(text).flatMap((entry) => checkedGrantee(entry, context));
    for (const [one, other] of twice(grantees)) {
      const message = `${JSON.stringify(one)} and ${JSON.stringify(other)} are one principal, because case does not count`;
      context.addIssue({ code: "custom", message });
    }
    return encodeGrantees(grantees);
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as Error).message });
    return z.NEVER;
  }
});

function checkedGrantee(entry: Entry, context: z.core.$RefinementCtx): Grantee[] {
  const reason = refusedPrincipal(entry.name);
  if (reason !== undefined) {
    context.addIssue({ code: "custom", message: `the principal ${JSON.stringify(entry.name)} ${reason}` });
  }
  if (entry.attributes === undefined) return [{ principal: entry.name }];
  const called = { where: JSON.stringify(entry.name), what: "a grantee", also: ["name"] };
  const checked = checkWithin(attributes, entry.attributes, { ...called, context });
  return checked === undefined ? [] : [{ principal: entry.name, ...checked }];
}

/** Two spellings of one principal, each pair once. */
function twice(grantees: readonly Grantee[]): [string, string][] {
  const seen = new Map<string, string>();
  return grantees.flatMap(({ principal: name }) => {
    const other = seen.get(fold(name));
    seen.set(fold(name), name);
    return other === undefined || other === name ? [] : [[other, name] as [string, string]];
  });
}

/** Writes a list of principals as one text. */
export function encodeGrantees(grantees: readonly Grantee[]): string {
  return encodeLines(
    grantees.map(({ principal: name, until: end }) => ({
      name,
      ...(end === undefined ? {} : { attributes: { until: end } }),
    })),
  );
}

/** Reads a text that `encodeGrantees` wrote. */
export function decodeGrantees(text: string): Grantee[] {
  return decodeLines(text).map(({ name, attributes: more }) => ({ principal: name, ...more }));
}

/** Who has which privilege: by privilege, each list one text. */
export type Lists = Readonly<Record<string, string>>;

/** Lists by privilege, keys in their canonical form. A list of nobody is the same as none. */
export const lists = z.record(z.string(), granteeLines).transform((given, context): Lists => {
  const found = new Map<string, string>();
  for (const [key, text] of Object.entries(given)) {
    const privilege = canonicalPrivilege(key);
    if (found.has(privilege)) context.addIssue({ code: "custom", message: `${privilege} stands twice` });
    found.set(privilege, text);
  }
  return Object.fromEntries([...found].filter(([, text]) => text !== "").sort(byKey));
});

/** Lists by securable and privilege. */
export const listsBySecurable = z.record(z.string(), lists).transform((given, context): Record<string, Lists> => {
  const found = new Map<string, [string, Lists]>();
  for (const [key, of] of Object.entries(given)) {
    const parsed = parseSecurable(key);
    if ("reason" in parsed) {
      context.addIssue({ code: "custom", message: parsed.reason });
      continue;
    }
    const text = formatSecurable(parsed);
    for (const reason of refusedLists(of, parsed.type)) {
      context.addIssue({ code: "custom", message: `${text}: ${reason}` });
    }
    const other = found.get(securableKey(text));
    if (other !== undefined) context.addIssue({ code: "custom", message: `${text} stands twice` });
    found.set(securableKey(text), [text, of]);
  }
  return Object.fromEntries([...found.values()].sort(byKey));
});

/** What cannot be given on a securable of a type. */
export function refusedLists(of: Lists, type: SecurableType): string[] {
  return Object.keys(of).flatMap((privilege) => refusedPrivilege(privilege, type) ?? []);
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
