/**
 * What a resource says of something of which other resources of a program may say something too: of a group's members,
 * say, a whole list, or one of them.
 */
export interface Share<Model> {
  /** What it is about: `members:readers`. Only shares of one thing are compared. */
  readonly of: string;
  /** Which entry of it is meant; undefined for many, or all. Two shares of two entries are not compared. */
  readonly entry: string | undefined;
  /** How it contradicts another share of the same thing and system; undefined where both can stand. */
  readonly against: (other: object) => Contradiction<Model> | undefined;
}

/** Why two resources of a program would undo each other's work in every run. */
export interface Contradiction<Model> {
  /** What both declare: `the membership of "ana" in "readers"`. */
  readonly about: string;
  /** What the one says that is asked, and what the other one: `a member`, `no member`. */
  readonly here: string;
  readonly there: string;
  /** What to do. */
  readonly remedy: string;
  /**
   * Whether it is one in the live system, for what depends on that: as whom the run is logged in, say. Left out, it is
   * one in every system.
   */
  readonly holds?: (model: Model) => boolean;
}

/**
 * Makes shares that are compared by what they say. Shares that were made by another call of this say something else,
 * and contradict none of these.
 */
export function sharing<Model, Said>(
  against: (here: Said, there: Said) => Contradiction<Model> | undefined,
): (of: string, entry: string | undefined, said: Said) => Share<Model> {
  const known = new WeakMap<object, Said>();
  return (of, entry, said) => {
    const share: Share<Model> = {
      of,
      entry,
      against: (other) => {
        const theirs = known.get(other);
        return theirs === undefined ? undefined : against(said, theirs);
      },
    };
    known.set(share, said);
    return share;
  };
}
