import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { configOf } from "./config.js";
import { runError } from "./runError.js";

let checked = false;

/**
 * Ends the program where the update is held to a plan of another stack: the provider, which holds it to the plan, is
 * told nothing of stacks, and systems of two stacks may well agree. Looks once in a program, and in updates only; what
 * else is wrong with the file, the provider says.
 */
export function expectPlanOfThisStack(): void {
  if (checked || pulumi.runtime.isDryRun()) return;
  checked = true;
  const variable = process.env["ROSTER_APPROVED_PLAN"] ?? "";
  const file = variable === "" ? configOf("roster:approvedPlan") : variable;
  if (file === undefined || file === "") return;
  const planned = stackIn(file);
  const here = pulumi.getStack();
  if (planned === undefined || planned === "" || planned.split("/").at(-1) === here) return;
  throw runError(
    `the approved plan ${file} is of the stack ${planned}, and this is ${here}: nothing was done. Make one of this stack with roster plan`,
  );
}

function stackIn(file: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as { stack?: string }).stack;
  } catch {
    return undefined;
  }
}
