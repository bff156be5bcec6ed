import { findEngine, type Engine } from "../engine/index.js";

/** Why there is no real Pulumi here; undefined where there is one. */
export const NO_REAL_ENGINE = realEngine() === undefined ? "there is no pulumi on the PATH" : undefined;

/** The real `pulumi` of this machine, if there is one. */
export function realEngine(): Engine | undefined {
  try {
    return findEngine("pulumi");
  } catch {
    return undefined;
  }
}

/** Everything that the end-to-end tests run on: the stand-in always, and a real Pulumi where there is one. */
export const ENGINES: readonly Engine[] = [findEngine("stand-in"), ...[realEngine() ?? []].flat()];
