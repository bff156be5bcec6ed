import type { Provider } from "./provider";
import type { ResourceState } from "./state";
import type { DiffResult } from "./steps";
import { equalValues, keepIgnored, plainProperties, type Properties } from "./values";

/** Compares what is there with new inputs. What the provider cannot say is seen by comparing the inputs. */
export async function diffOf(
  provider: Provider | undefined,
  old: ResourceState,
  inputs: Properties,
  ignoreChanges: readonly string[] = [],
): Promise<DiffResult> {
  const answer = provider && (await provider.diff(old, inputs));
  if (answer?.changes !== undefined) return { ...answer, changes: answer.changes };
  const before = plainProperties(old.inputs ?? {});
  const after = plainProperties(keepIgnored(inputs, old.inputs ?? {}, ignoreChanges));
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = names.filter((name) => !equalValues(before[name], after[name])).sort();
  return { replaces: answer?.replaces ?? [], deleteBeforeReplace: false, changes: changed.length > 0, changed };
}
