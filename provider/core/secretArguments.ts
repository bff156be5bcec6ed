import { PLAN } from "./arguments.js";
import { SHORTEST, redact, registerSecret } from "./redact.js";
import type { CheckFailure, Properties, Resource } from "./resource.js";

/*
 * Pulumi hands a provider process the arguments of a resource without saying which of them the program calls secret. So
 * the SDK says it, and what `check` tells of such arguments is told without their values.
 */

/** The input by which the SDK names the arguments that are secret, as paths. Never part of state. Wire format: frozen. */
export const SECRETS = "__secrets";

/** More values than these are not looked for in every line of a plan: then the plan is not shown. */
const MOST = 100;

/** The resource with what `check` says of secret arguments left out of plans and failures. */
export function keepingSecrets(resource: Resource): Resource {
  return {
    ...resource,
    async check(host, olds, { [SECRETS]: given, ...news }) {
      const paths = pathsOf(given);
      if (paths.length === 0) return resource.check(host, olds, news);
      const hidden = register(paths.flatMap((path) => leavesOf(at(news, path))));
      const { inputs, failures } = await resource.check(host, olds, news);
      const names = [...new Set(paths.map(([name = ""]) => name))];
      return {
        inputs: withoutSecrets(inputs, hidden, names),
        failures: failures.map((failure) => unvalued(failure, names)),
      };
    },
  };
}

function pathsOf(given: unknown): string[][] {
  return Array.isArray(given) ? (given as string[][]) : [];
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function leavesOf(value: unknown): unknown[] {
  if (isObject(value)) return Object.values(value).flatMap(leavesOf);
  return value === undefined ? [] : [value];
}

/** Remembers values; whether there are some among them that cannot be found in a text, such as a list or `true`. */
function register(values: readonly unknown[]): boolean {
  if (values.length > MOST) return true;
  let hidden = false;
  for (const value of values) {
    const text = String(value);
    if (typeof value === "boolean" || text.length < SHORTEST || text.includes("\n")) hidden = true;
    else registerSecret(text);
  }
  return hidden;
}

function withoutSecrets(inputs: Properties, hidden: boolean, names: readonly string[]): Properties {
  const plan = inputs[PLAN] as readonly string[] | undefined;
  if (plan === undefined) return inputs;
  const told = `[secret] ${counted(plan.length)}, not shown, as the program makes ${names.join(", ")} secret`;
  return { ...inputs, [PLAN]: hidden ? [told] : plan.map(redact) };
}

function counted(lines: number): string {
  return lines === 1 ? "1 line of a plan" : `${String(lines)} lines of a plan`;
}

/** Pulumi prints the value of a property that is refused: a failure that is about none names it in its reason. */
function unvalued({ property, reason }: CheckFailure, names: readonly string[]): CheckFailure {
  const told = redact(reason);
  return names.includes(property) ? { property: "", reason: `${property}: ${told}` } : { property, reason: told };
}
