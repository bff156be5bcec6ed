import {
  connectionArgument,
  resolveConnection,
  type Connection,
  type ConnectionSpec,
  type SettingSources,
  type SettingSpecs,
} from "./connections.js";
import { MISSING_SETTING, RosterError } from "./errors.js";

/**
 * Finds the connection of a source that a program itself reads. Nothing of it goes through the engine, so a program's
 * values have to be plain ones. Throws a RosterError where the argument is none.
 */
export function sourceConnection<S extends SettingSpecs>(
  spec: ConnectionSpec<S>,
  given: unknown,
  sources: SettingSources,
): Connection<S> {
  const parsed = connectionArgument(spec).safeParse(given);
  if (parsed.success) return resolveConnection(spec, parsed.data, sources);
  const [issue] = parsed.error.issues;
  throw new RosterError(`the connection of a source ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`, {
    remedy:
      "Give the name of a connection, or an object with its name and settings. Outputs of resources cannot be used here.",
    code: MISSING_SETTING,
  });
}
