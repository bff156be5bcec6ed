import type * as pulumi from "@pulumi/pulumi";
import { entriesInput } from "../core/resource.js";

/** A list of names. Order does not matter; a name that stands twice counts once. An unknown element makes it unknown. */
export type NamesInput = pulumi.Input<readonly pulumi.Input<string>[]>;

/** A list of names as the one text in which it travels; undefined stays undefined. */
export function namesInput(what: string, names: NamesInput | undefined): pulumi.Output<string> | undefined {
  return names === undefined ? undefined : entriesInput(what, names);
}
