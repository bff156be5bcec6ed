import { appendFileSync } from "node:fs";
import { PLAN, REVIEWED } from "./arguments.js";
import { identityKey, type Identity } from "./identities.js";
import type { Properties, Resource, Review } from "./resource.js";
import { hasUnknown } from "./unknown.js";

/** The variable by which `roster plan` tells the provider that its preview is for review: the file to write to. */
export const REVIEW = "ROSTER_REVIEW";

/** A line of the file: what a preview has found out about a resource. A later line adds to an earlier one. */
export interface ReviewLine extends Identity {
  readonly plan?: readonly string[];
  /** Who leaves, where the plan does not say it. */
  readonly removes?: readonly string[];
  /** Why this cannot be approved. */
  readonly problems?: readonly string[];
}

/** Writes what a preview finds out to a file. */
export function reviewIn(file: string): Review {
  const write = (line: ReviewLine): void => {
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  };
  return {
    checked(resource, { inputs, failures }) {
      // What is refused is in no plan, and ends the preview.
      if (failures.length > 0) return { inputs, failures };
      const identity = resource.identify(inputs);
      const unknown = unknownOf(resource, inputs);
      const problems =
        unknown.length === 0
          ? {}
          : { problems: [`${unknown.join(", ")}: not known before the update, so that nobody can review it`] };
      write({ ...identity, plan: linesOf(inputs), ...problems });
      return { inputs: { ...inputs, [REVIEWED]: identityKey(identity) }, failures };
    },
    removes(identity, names) {
      write({ ...identity, removes: names });
    },
    problem(identity, reason) {
      write({ ...identity, problems: [reason] });
    },
  };
}

/** The plan among inputs. */
export function linesOf(inputs: Properties): readonly string[] {
  return (inputs[PLAN] as readonly string[] | undefined) ?? [];
}

function unknownOf({ later = [] }: Resource, inputs: Properties): string[] {
  return Object.keys(inputs).filter((name) => hasUnknown(inputs[name]) && !later.includes(name));
}
