import type * as z from "zod";
import { connectionName, type ConnectionArg } from "./connections.js";
import { placeOf } from "./claims.js";
import { hasUnknown } from "./unknown.js";
import type { CheckFailure, Host, ResourceDefinition } from "./resource.js";

/** What the resources of one run of a program decide, and which of them does. */
interface Register {
  readonly program: string;
  readonly decided: Map<string, { readonly instance: string; readonly by: string }>;
}

/** What names a resource in a message. */
type Named<M, C, S extends z.ZodObject> = Pick<ResourceDefinition<M, C, S>, "system" | "key" | "token" | "describe">;

const registers = new WeakMap<Host, Register>();

/**
 * Refuses what another resource of the program decides already: two that declare one role, or one list of members,
 * would take turns in undoing each other. `instance` is the SDK's mark of the program's run and the resource in it,
 * `x7:12`; what was declared by a program that has ended counts no more.
 */
export function declaredTwice<M, C, S extends z.ZodObject>(
  host: Host,
  definition: Named<M, C, S> & Pick<ResourceDefinition<M, C, S>, "decides">,
  args: z.output<S>,
  instance: unknown,
): CheckFailure[] {
  // Two addresses that are both unknown may still be two.
  if (typeof instance !== "string" || hasUnknown(args["connection"])) return [];
  const { decided } = registerOf(host, instance.split(":")[0] ?? "");
  const { address } = placeOf(host, definition.system, args);
  const by = nameOf(definition, args);
  const twice: { thing: string; by: string }[] = [];
  for (const thing of definition.decides(args)) {
    const key = address + thing;
    const other = decided.get(key);
    if (other === undefined) decided.set(key, { instance, by });
    else if (other.instance !== instance) twice.push({ thing, by: other.by });
  }
  const [first] = twice;
  if (first === undefined) return [];
  const more = twice.length === 1 ? "" : ` (and ${String(twice.length - 1)} more)`;
  return [
    {
      property: definition.key[0] ?? "",
      reason:
        `${worded(first.thing)} is declared by the ${first.by} too${more}, and each would undo the other's work. ` +
        "Declare it in one of them only",
    },
  ];
}

function registerOf(host: Host, program: string): Register {
  const found = registers.get(host);
  if (found?.program === program) return found;
  const made = { program, decided: new Map() };
  registers.set(host, made);
  return made;
}

function nameOf<M, C, S extends z.ZodObject>(
  { describe, key, system, token }: Named<M, C, S>,
  args: z.output<S>,
): string {
  const name = describe?.(args) ?? key.map((part) => JSON.stringify(args[part])).join(", ");
  const connection = connectionName(system.connections, args["connection"] as ConnectionArg | undefined);
  return `${token} ${name}${connection === system.connections.defaultName ? "" : ` of connection ${connection}`}`;
}

/** `role:ana` as people read it: `the role "ana"`; of several parts, as in `schema:["sales","app"]`, `the schema "sales.app"`. */
export function worded(thing: string): string {
  const [kind = "", ...rest] = thing.split(":");
  const name = rest.join(":");
  const parts = /^\[".*"\]$/s.test(name) ? (JSON.parse(name) as string[]).filter((part) => part !== "") : [name];
  return `the ${kind} ${JSON.stringify(parts.join("."))}`;
}
