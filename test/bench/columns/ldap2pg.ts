import { mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { environmentFor, type Address, type Column, type Contestant, type Phase } from "../contestant.js";
import type { Workload } from "../workload.js";
import { run, versionOf } from "./program.js";

let version: string | undefined;

/** ldap2pg of this machine: one process, rules without a directory, no state. */
export const ldap2pg: Column = {
  name: "ldap2pg",
  title: "ldap2pg",
  real: true,
  large: true,
  absent: () => {
    version = versionOf("ldap2pg", "--version");
    return version === undefined ? "there is no ldap2pg on the PATH" : undefined;
  },
  version: () => version,
  open: ({ address }) => Promise.resolve(new Ldap2pg(address)),
};

/** In check mode it ends with this when there is something to do. */
const NOTHING_TO_DO = 0;

class Ldap2pg implements Contestant {
  private readonly folder = mkdtempSync(path.join(tmpdir(), "roster-bench-ldap2pg-"));

  constructor(private readonly address: Address) {}

  declare(workload: Workload): void {
    this.write(rules(workload));
  }

  async act(phase: Phase): Promise<void> {
    if (phase === "destroy") this.write([]);
    const env = { ...process.env, ...environmentFor(this.address), PGSSLMODE: "disable" };
    const mode = phase === "preview" || phase === "refresh" ? "--check" : "--real";
    await run("ldap2pg", [mode, "--skip-privileges", "--quiet"], { cwd: this.folder, env, expect: [NOTHING_TO_DO] });
  }

  private write(given: readonly unknown[]): void {
    const config = {
      version: 6,
      postgres: { databases_query: ["postgres"], roles_blacklist_query: [this.address.user, "pg_*"] },
      rules: given,
    };
    // YAML takes JSON as it is.
    writeFileSync(path.join(this.folder, "ldap2pg.yml"), JSON.stringify(config));
  }

  stateBytes(): undefined {
    return undefined;
  }

  peakMemory(): undefined {
    return undefined;
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

function rules({ users, groups }: Workload): unknown[] {
  const parents = new Map<string, string[]>(users.map((name) => [name, []]));
  for (const [group, members] of Object.entries(groups)) {
    for (const member of members) parents.get(member)?.push(group);
  }
  const roles = [
    ...Object.keys(groups).map((name) => ({ name })),
    ...users.map((name) => ({ name, options: "LOGIN", parents: parents.get(name) })),
  ];
  return [{ roles }];
}
