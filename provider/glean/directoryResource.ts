import * as z from "zod";
import { connectionArgument } from "../core/connections.js";
import { RosterError } from "../core/errors.js";
import type { Resource } from "../core/resource.js";
import { sessionFor } from "../core/sessions.js";
import { defineStep, type Found, type Step, type Work as StepWork } from "../core/step.js";
import type { GleanSession } from "./session.js";
import { connections } from "./settings.js";
import { glean } from "./system.js";

/*
 * The resources that a directory is made of are steps (core/step.ts): nothing can be read back, and the records never
 * are in memory together.
 */

/** The arguments that every part of a directory has. */
export const directoryArguments = {
  /** The directory's name in the program. */
  directory: z.string().min(1),
  connection: connectionArgument(connections),
};

/** What a method works with. */
export type Work<Args> = StepWork<Args, GleanSession>;

/** A part of a directory. */
export interface Part<S extends z.ZodObject> extends Omit<
  Step<S, GleanSession>,
  "connections" | "key" | "describe" | "open"
> {
  /** What follows the directory's name in the id: `shard 3`. */
  part(args: z.output<S>): string;
  /** How messages call it. Default: as the id does. */
  shownPart?(args: z.output<S>): string;
}

/** Gives a part of a directory Pulumi's methods. */
export function directoryResource<S extends z.ZodObject<typeof directoryArguments>>(part: Part<S>): Resource {
  return defineStep<S, GleanSession>({
    ...part,
    connections,
    key: (args) => [args.directory, part.part(args)],
    describe: (args) => `${part.token} ${JSON.stringify(args.directory)} ${(part.shownPart ?? part.part)(args)}`.trim(),
    open: (host, args) => sessionFor(host, glean, args.connection) as GleanSession,
  });
}

/** What the program handed over. Throws a RosterError where a command runs without the program. */
export function handedOver(found: Found | undefined): Found {
  if (found !== undefined) return found;
  throw new RosterError("there is nothing that the program has handed over", {
    remedy: "Run pulumi up, which runs the program.",
  });
}
