import * as z from "zod";

/** What became of looking: nothing differs, something does, or it could not be told. */
const outcome = z.enum(["none", "drift", "unknown"]);

const property = z.strictObject({
  name: z.string().describe("the argument"),
  added: z.array(z.string()).describe("of a list: names that came to it"),
  removed: z.array(z.string()).describe("of a list: names that left it"),
  from: z.string().optional().describe("the value before; missing where there was none, and for lists"),
  to: z.string().optional().describe("the value now; missing where there is none, and for lists"),
});

const change = z.strictObject({
  urn: z.string().describe("Pulumi's name of the resource"),
  token: z.string().describe("what Roster calls its type: postgres.User"),
  name: z.string().describe("its name in the program"),
  id: z.string().optional().describe("its natural key"),
  kind: z
    .enum(["changed", "gone", "pending"])
    .describe("changed or taken away by hand, or something that the program wants and no update has done yet"),
  properties: z.array(property).describe("what changed by hand; for pending, what the program changes"),
  plan: z.array(z.string()).describe("the statements or requests that an update would run; none where it tells none"),
});

const unmanaged = z.strictObject({
  connection: z.string().describe("the connection through which it was seen"),
  kind: z.string().describe("what it is: login, superuser, group, member, grant, action, role, mapping, person, ..."),
  name: z.string().describe("its name; what is compared with the allow-list"),
  text: z.string().describe("what it is, as a sentence"),
  remedy: z.string().optional().describe("a statement or request that takes it away"),
});

/** What `roster drift` found, as `--json` writes it; made into schemas/roster-drift.schema.json. */
export const driftReport = z.strictObject({
  format: z.literal(1),
  stacks: z.array(z.string()).describe("the stacks that were looked at; the selected one is an empty text"),
  checkedAt: z.iso.datetime(),
  outcome,
  systems: z.array(
    z.strictObject({
      system: z.string().describe("postgres, heimdall, glean, databricks"),
      outcome,
      changes: z.array(change),
      unmanaged: z.array(unmanaged),
      problems: z.array(z.string()).describe("why it could not be told, or not wholly"),
    }),
  ),
  problems: z.array(z.string()).describe("what went wrong that is of no system"),
  notes: z.array(z.string()).describe("what else is to be known, such as entries of the allow-list that have expired"),
  repaired: z.array(change).describe("with --repair: what was found before, and is not any more"),
});

/** What `roster drift` found. */
export type DriftReport = z.output<typeof driftReport>;
/** What it found in one system. */
export type SystemDrift = DriftReport["systems"][number];
/** A resource that is not as the program says. */
export type DriftChange = z.output<typeof change>;
/** What differs in one argument. */
export type PropertyChange = z.output<typeof property>;
/** A thing in a live system that no stack manages. */
export type UnmanagedThing = z.output<typeof unmanaged>;

/** What a system's findings come to: something that was found counts for more than something that was not seen. */
export function outcomeOf(found: {
  readonly changes: readonly unknown[];
  readonly unmanaged: readonly unknown[];
  readonly problems: readonly unknown[];
}): SystemDrift["outcome"] {
  if (found.changes.length + found.unmanaged.length > 0) return "drift";
  return found.problems.length > 0 ? "unknown" : "none";
}

/** What all of it comes to, likewise. */
export function totalOf(systems: readonly SystemDrift[], problems: readonly string[]): SystemDrift["outcome"] {
  const outcomes = new Set(systems.map((system) => system.outcome));
  if (outcomes.has("drift")) return "drift";
  return outcomes.has("unknown") || systems.some((each) => each.problems.length > 0) || problems.length > 0
    ? "unknown"
    : "none";
}
