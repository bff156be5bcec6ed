import { CONNECTION_LOST, RosterError, asRosterError } from "./errors.js";
import { canonicalJson } from "./lines.js";
import type { Progress } from "./progress.js";
import type { Delta, Problem, Unit } from "./resource.js";
import type { Session } from "./system.js";

/** The delta of what is as declared already. */
export const NO_DELTA: Delta<unknown, never> = { units: [], problems: [] };

/** A delta that can be done as a whole. */
export function doing<C>(...changes: Unit<C>): Delta<unknown, C> {
  return { units: changes.length === 0 ? [] : [changes], problems: [] };
}

/** A delta that cannot be done at all. */
export function impossible(...problems: readonly Problem[]): Delta<unknown, never> {
  return { units: [], problems };
}

/** Several deltas side by side, stage by stage. */
export function sideBySide<M, C>(deltas: readonly Delta<M, C>[]): Delta<M, C> {
  const later = deltas.flatMap(({ next }) => next ?? []);
  return {
    units: deltas.flatMap(({ units }) => units).filter((unit) => unit.length > 0),
    problems: deltas.flatMap(({ problems }) => problems),
    ...(later.length === 0 ? {} : { next: (model) => sideBySide(later.map((next) => next(model))) }),
  };
}

type DeltaOf<M, C> = (model: M) => Delta<M, C>;

/** Deltas one after the other, each computed from the system as the ones before it have made it. */
export function inStages<M, C>(first: DeltaOf<M, C>, ...rest: readonly DeltaOf<M, C>[]): DeltaOf<M, C> {
  if (rest.length === 0) return first;
  return (model) => {
    const delta = first(model);
    // A stage can have stages of its own.
    const [second, ...others] = delta.next === undefined ? rest : [delta.next, ...rest];
    return second === undefined ? delta : { ...delta, next: inStages(second, ...others) };
  };
}

/** How it went: what took effect, and what did not. */
export interface Applied<C = unknown> {
  readonly problems: readonly Problem[];
  readonly failures: readonly RosterError[];
  /** How many units took effect. */
  readonly done: number;
  /** What took effect, in no order. */
  readonly changes: readonly C[];
}

/** How a delta is applied. */
export interface Application {
  /** What the stages look at. */
  readonly parts?: readonly string[];
  /** Counts the units of long stages. */
  readonly progress?: Progress;
}

/** Stages with fewer units are not counted: `1 of 1` tells nobody anything. */
const MANY = 20;

/**
 * Applies a delta, stage after stage, each computed from the model as it then is. Where a unit fails, or cannot be
 * done, the system is looked at afresh: somebody else, or another connection of this run, may have changed it since it
 * was read. What is no longer wanted then is no failure, what is wanted otherwise is tried once, and a unit whose
 * connection broke is run once more if it is still wanted.
 */
export async function applyDelta<M, C>(
  whole: Session<M, C>,
  first: (model: M) => Delta<M, C>,
  { parts = [], progress }: Application = {},
): Promise<Applied<C>> {
  const changes: C[] = [];
  let counts = false;
  let counted = 0;
  const session: Session<M, C> = {
    description: whole.description,
    model: () => whole.model(parts),
    forget: () => {
      whole.forget();
    },
    run: async (unit) => {
      await whole.run(unit);
      changes.push(...unit);
      if (!counts) return;
      counted += 1;
      progress?.add(1);
    },
  };
  const problems: Problem[] = [];
  const failures: RosterError[] = [];
  let done = 0;
  for (let stage: ((model: M) => Delta<M, C>) | undefined = first; stage !== undefined;) {
    const delta = await compute(stage, session, stage === first);
    if (delta instanceof RosterError) return { problems, failures: [...failures, delta], done, changes };
    counts = delta.units.length >= MANY;
    // What comes after is not known before this is done, and so how much there is only in the last stage.
    if (counts && delta.next === undefined) progress?.expect(counted + delta.units.length);
    const applied: Stage<M, C> = await applyStage(session, stage, delta);
    problems.push(...applied.delta.problems);
    failures.push(...applied.failures);
    done += applied.done;
    changes.push(...applied.unheard.flat());
    stage = applied.delta.next;
  }
  return { problems, failures, done, changes };
}

/** A refusal of a later stage is a failure among others: what the stages before it did is kept. */
async function compute<M, C>(
  stage: (model: M) => Delta<M, C>,
  session: Session<M, C>,
  first: boolean,
): Promise<Delta<M, C> | RosterError> {
  try {
    return stage(await session.model());
  } catch (error) {
    if (first) throw error;
    return asRosterError(error);
  }
}

interface Stage<M, C> {
  /** The delta as it was seen last. */
  readonly delta: Delta<M, C>;
  readonly failures: readonly RosterError[];
  readonly done: number;
  /** Units that took effect although their answer was lost. */
  readonly unheard: readonly Unit<C>[];
}

async function applyStage<M, C>(
  session: Session<M, C>,
  stage: (model: M) => Delta<M, C>,
  delta: Delta<M, C>,
): Promise<Stage<M, C>> {
  const failed = await runUnits(session, delta.units);
  const done = delta.units.length - failed.size;
  if (failed.size + delta.problems.length === 0) return { delta, failures: [], done, unheard: [] };
  session.forget();
  const again = await session
    .model()
    .then(stage)
    .catch(() => undefined);
  // The system is out of reach, or refuses now: what failed first is what the reader needs to know.
  if (again === undefined) {
    return { delta: { ...delta, next: undefined }, failures: [...failed.values()], done, unheard: [] };
  }
  const wanted = new Map(again.units.map((unit) => [canonicalJson(unit), unit]));
  const retried = [...wanted].filter(([key]) => !failed.has(key) || failed.get(key)?.details.code === CONNECTION_LOST);
  const failedAgain = await runUnits(
    session,
    retried.map(([, unit]) => unit),
  );
  const final = [...failed].filter(([key, error]) => wanted.has(key) && error.details.code !== CONNECTION_LOST);
  // A connection that broke may have taken the answer with it and not the change: what is wanted no more was done.
  const unheard = delta.units.filter((unit) => {
    const key = canonicalJson(unit);
    return !wanted.has(key) && failed.get(key)?.details.code === CONNECTION_LOST;
  });
  return {
    delta: again,
    failures: [...final.map(([, error]) => error), ...failedAgain.values()],
    unheard,
    done: done + unheard.length + retried.length - failedAgain.size,
  };
}

/** Runs units side by side; gives those that failed, by what they are. */
async function runUnits<M, C>(session: Session<M, C>, units: readonly Unit<C>[]): Promise<Map<string, RosterError>> {
  const outcomes = await Promise.allSettled(units.map((unit) => session.run(unit)));
  return new Map(
    outcomes.flatMap((outcome, index): [string, RosterError][] =>
      outcome.status === "fulfilled" ? [] : [[canonicalJson(units[index]), asRosterError(outcome.reason)]],
    ),
  );
}
