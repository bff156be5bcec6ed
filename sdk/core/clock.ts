import { NOW, NO_TIME, clockTime } from "../../provider/core/instants.js";

/** The time of this run: now, or what ROSTER_NOW says. Throws where that is no time. */
export function runTime(environment: NodeJS.ProcessEnv = process.env): Date {
  const text = environment[NOW];
  const time = clockTime(text);
  if (time === undefined) throw new Error(`${NO_TIME.headline(text)}. ${NO_TIME.remedy}`);
  return time;
}
