/** What becomes of a thing when its resource leaves the program. */
export type Leaving = "disable" | "drop" | "keep";

/** As its `onRemove` says; where it says nothing, what was there before the stack stays, and what the stack made goes. */
export function howItLeaves({
  onRemove,
  adopted,
}: {
  readonly onRemove?: unknown;
  readonly adopted?: unknown;
}): Leaving {
  return (onRemove as Leaving | undefined) ?? (adopted === true ? "disable" : "drop");
}
