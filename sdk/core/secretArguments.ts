import * as pulumi from "@pulumi/pulumi";

/**
 * Those that are secret by themselves: the provider knows them, and writes them nowhere. A connection holds its own; a
 * key is that of the fingerprints of a directory.
 */
const KNOWN = ["connection", "key", "password", "passwords"];

interface Place {
  readonly path: readonly string[];
  readonly output: pulumi.Output<unknown>;
}

/**
 * Where in a resource's arguments the program says that something is secret, as paths. A provider is not told that, and
 * its previews are to show no such value. Undefined where there is none.
 */
export function secretArguments(args: pulumi.Inputs): Promise<string[][] | undefined> | undefined {
  const places = Object.entries(args).flatMap(([name, value]) =>
    KNOWN.includes(name) ? [] : outputsIn(value, [name]),
  );
  return places.length === 0 ? undefined : secretAmong(places);
}

async function secretAmong(places: readonly Place[]): Promise<string[][] | undefined> {
  const found = await Promise.all(
    places.map(async ({ path, output }) => ((await pulumi.isSecret(output)) ? [[...path]] : [])),
  );
  const paths = found.flat();
  return paths.length === 0 ? undefined : paths;
}

function outputsIn(value: unknown, path: readonly string[]): Place[] {
  if (pulumi.Output.isInstance(value)) return [{ path, output: value }];
  // What it comes to can hold outputs.
  if (value instanceof Promise) return [{ path, output: pulumi.output(value as Promise<unknown>) }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => outputsIn(inner, [...path, key]));
}
