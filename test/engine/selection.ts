import { CliError, exitCodes } from "./errors";
import type { ResourceState } from "./state";
import { isProviderType, isStackUrn, parseUrn } from "./urn";

/** The resources that `--target` and `--exclude` name. */
export interface SelectionOptions {
  target?: readonly string[];
  exclude?: readonly string[];
}

/** Which resources a run is about. Throws for a URN that is not in the stack, and for patterns. */
export function selection(
  base: readonly ResourceState[],
  { target, exclude }: SelectionOptions,
): (urn: string) => boolean {
  if (target !== undefined && exclude !== undefined) {
    throw new CliError(
      "the flags --target and --exclude together: this engine knows only one at a time",
      exitCodes.failed,
    );
  }
  const there = new Set(base.map(({ urn }) => urn));
  for (const urn of [...(target ?? []), ...(exclude ?? [])]) {
    if (there.has(urn)) continue;
    throw new CliError(
      `Target '${urn}' could not be found in the stack. Did you forget to escape $ in your shell?`,
      exitCodes.failed,
    );
  }
  const [targets, excluded] = [target && new Set(target), new Set(exclude)];
  return (urn) => (targets === undefined ? !excluded.has(urn) : targets.has(urn));
}

/** Whether a program's resource goes its way in a run: what all the others need does so always. */
export function goesItsWay(urn: string, selected: (urn: string) => boolean): boolean {
  return isStackUrn(urn) || isProviderType(parseUrn(urn).type) || selected(urn);
}
