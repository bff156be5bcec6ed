import * as pulumi from "@pulumi/pulumi";
import { CONFIG_NAMESPACE, strangeConfigKeys, type ConfigKey } from "../../provider/core/configKeys.js";

/** What Pulumi config says of Roster under a key; undefined where it says nothing. */
export function configOf(key: ConfigKey): string | undefined {
  return pulumi.runtime.getConfig(key);
}

let looked = false;

/**
 * Warns of keys that nobody knows in the config of Roster, once in a program: a key that is misspelled would be as if
 * it were left out. The provider cannot: it is asked for keys by name. A project that is called as Roster is has keys
 * of its own there.
 */
export function warnOfStrangeConfig(): void {
  if (looked) return;
  looked = true;
  if (pulumi.getProject() === CONFIG_NAMESPACE) return;
  for (const text of strangeConfigKeys(Object.keys(pulumi.runtime.allConfig()))) void pulumi.log.warn(text);
}
