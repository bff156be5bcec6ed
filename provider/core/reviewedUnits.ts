import type * as z from "zod";
import type { Identity } from "./identities.js";
import type { ConnectionArg } from "./connections.js";
import { canonicalJson } from "./lines.js";
import type { Host, ResourceDefinition, Unit } from "./resource.js";
import { connectionFor } from "./sessions.js";
import type { Session } from "./system.js";

/*
 * Between the plan that an update makes and what it runs, a failure elsewhere may make it read the live system once
 * more, and nobody has reviewed what is new then. So each unit of a delta has to be among those of the plan.
 */

/** The units of a resource's delta as texts that can be compared. */
export function unitKeys<M, C, S extends z.ZodObject>(
  { incomparable }: Pick<ResourceDefinition<M, C, S>, "incomparable">,
  units: readonly Unit<C>[],
  ...args: readonly (z.output<S> | undefined)[]
): string[] {
  // Secrets stand as one word: a password's verifier has another salt each time it is made.
  const secrets = args.flatMap((each) => incomparable.flatMap((name) => textsIn(each?.[name])));
  return units.map((unit) =>
    secrets.reduce((text, secret) => text.replaceAll(JSON.stringify(secret), '"[secret]"'), canonicalJson(unit)),
  );
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** What is compared with the plan. */
export interface Held<M, C, Args> {
  readonly session: Session<M, C>;
  readonly identity: Identity;
  readonly args: Args;
  readonly previous: Args | undefined;
}

/** A session that runs only what was reviewed, and the same for units before the first of them is run. */
export interface Guarded<M, C> {
  readonly session: Session<M, C>;
  /** Throws for the first unit that is not among those that this run planned for the resource. */
  expect(model: M, units: readonly Unit<C>[]): void;
}

/** Lets a resource run only what is in the run's plan, where there is one. */
export function heldToPlan<M, C, S extends z.ZodObject>(
  definition: ResourceDefinition<M, C, S>,
  host: Host,
  { session, identity, args, previous }: Held<M, C, z.output<S>>,
): Guarded<M, C> {
  const { approval } = host;
  if (approval === undefined) return { session, expect: () => undefined };
  const { system } = definition;
  const expect = (model: M, units: readonly Unit<C>[]): void => {
    const connection = connectionFor(host, system, args["connection"] as ConnectionArg | undefined);
    for (const unit of units) {
      const [key = ""] = unitKeys(definition, [unit], args, previous);
      approval.expectUnit(identity, key, () => system.render(model, unit, connection));
    }
  };
  const run = async (changes: Unit<C>): Promise<void> => {
    expect(await session.model(), [changes]);
    await session.run(changes);
  };
  return {
    session: {
      description: session.description,
      model: (parts) => session.model(parts),
      forget: () => {
        session.forget();
      },
      run,
    },
    expect,
  };
}
