import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentData } from "../../provider/heimdall/types.js";
import { expectKey, expectKeys, type KeysOf } from "../core/knownKeys.js";
import { runError } from "../core/runError.js";
import { readSource, readsOf, toldOnce } from "../core/source.js";
import type { Connection } from "./connection.js";
import { Environment, type EnvironmentSummary } from "./environment.js";
import type { SourceConnection } from "./sourceConnection.js";

/** Arguments of a `heimdall.EnvironmentMirror`. */
export interface EnvironmentMirrorArgs {
  /** The environment to be like. It is sent nothing but GET. */
  readonly source: SourceConnection;
  /** The environment that is made like it. */
  readonly target: Connection;
  /** Whether members of groups (CPFs) are mirrored too; they are then part of state. Default false: members stay. */
  readonly members?: boolean;
  /** Names that are left alone, in both environments, as in `heimdall.Environment`. Default: none. */
  readonly ignore?: readonly string[];
  /** What happens when this leaves the program: "keep", the default, leaves the target as it is; "drop" deletes it all. */
  readonly onRemove?: pulumi.Input<"drop" | "keep">;
}

/**
 * Makes one environment of Heimdall exactly like another: a `heimdall.Environment` of the target that declares what
 * the source holds, read when the program runs. The preview is the dry run, in a pull request for instance; nothing is
 * written to either environment.
 *
 * The source is asked first whether it is well and the token an administrator's, and whatever cannot be read of it ends
 * the program: a source that cannot be read never empties the target.
 *
 * @example
 * const mirror = new heimdall.EnvironmentMirror("production", { source: "staging", target: "production" });
 */
export class EnvironmentMirror extends pulumi.ComponentResource {
  /** The target. */
  readonly environment: Environment;
  /** What the last run that changed something did; undefined before there was one. */
  readonly summary: pulumi.Output<EnvironmentSummary | undefined>;

  /**
   * Declares a mirror.
   *
   * @param name The resource's name in the program.
   * @param args What is made like what.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: EnvironmentMirrorArgs, options?: pulumi.ComponentResourceOptions) {
    super("roster:heimdall:EnvironmentMirror", name, {}, options);
    const {
      source,
      target,
      members = false,
      ...rest
    } = whole(`heimdall.EnvironmentMirror ${JSON.stringify(name)}`, args);
    const environment = toldOnce(readMirrored(source, { members, ignore: args.ignore }));
    this.environment = new Environment(name, { ...rest, environment, connection: target }, { parent: this });
    this.summary = this.environment.summary;
    this.registerOutputs({ summary: this.summary, reads: readsOf("heimdall", source) });
  }
}

const KEYS: KeysOf<EnvironmentMirrorArgs> = {
  source: true,
  target: true,
  members: true,
  ignore: true,
  onRemove: true,
};

/** Throws where an argument is missing or not known, and where the mirror would be its own image. */
function whole(what: string, args: EnvironmentMirrorArgs): EnvironmentMirrorArgs {
  expectKeys(what, "the arguments", args, KEYS);
  for (const key of ["source", "target"]) expectKey(`${what}: the arguments`, key, args);
  const [source, target] = [args.source, args.target].map((each) => (typeof each === "string" ? each : each.name));
  if (source !== target) return args;
  throw runError(
    `${what}: source and target are both the connection ${JSON.stringify(source)}, and an environment is like itself ` +
      "already. Give each a name of its own: their addresses and tokens are found by it " +
      "(ROSTER_STAGING_URL for a connection staging, or Pulumi config roster:connections).",
  );
}

function readMirrored(
  source: SourceConnection,
  selection: { readonly members: boolean; readonly ignore: readonly string[] | undefined },
): Promise<EnvironmentData> {
  return readSource("heimdall.EnvironmentMirror", async (sources) => {
    const { openSource, readForMirror } = await import("../../provider/heimdall/read.js");
    return readForMirror(openSource(source, sources), selection);
  });
}
