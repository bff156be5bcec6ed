import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import path from "node:path";
import { environmentFor, type Column, type Contestant, type Phase } from "../contestant.js";
import type { Workload } from "../workload.js";
import { run, versionOf } from "./program.js";

const PROVIDER = "cyrilgdn/postgresql";
const STATE = "terraform.tfstate";

/** OpenTofu or Terraform of this machine, with the community's provider for PostgreSQL. */
export function terraformColumn(command: "tofu" | "terraform"): Column {
  let version: string | undefined;
  return {
    name: command,
    title: `${command}, ${PROVIDER}`,
    real: true,
    large: false,
    absent: () => {
      version = versionOf(command, "version");
      if (version === undefined) return `there is no ${command} on the PATH`;
      return canInitialise(command) ? undefined : `the provider ${PROVIDER} cannot be had`;
    },
    version: () => version,
    open: async ({ address }) => {
      const contestant = new Terraform(command, environmentFor(address));
      await contestant.initialise();
      return contestant;
    },
  };
}

/** Without a network the provider is there only where the machine's settings name a mirror or a cache. */
function canInitialise(command: string): boolean {
  const folder = mkdtempSync(path.join(tmpdir(), "roster-bench-terraform-"));
  try {
    writeConfiguration(folder, { users: [], groups: {} });
    return spawnSync(command, ["init", "-input=false"], { cwd: folder, timeout: 60_000 }).status === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

class Terraform implements Contestant {
  private readonly folder = mkdtempSync(path.join(tmpdir(), "roster-bench-terraform-"));
  private readonly env: NodeJS.ProcessEnv;

  constructor(
    private readonly command: string,
    address: Readonly<Record<string, string>>,
  ) {
    this.env = { ...process.env, ...address, PGSSLMODE: "disable", CHECKPOINT_DISABLE: "1" };
  }

  async initialise(): Promise<void> {
    writeConfiguration(this.folder, { users: [], groups: {} });
    await this.run("init");
  }

  declare(workload: Workload): void {
    writeConfiguration(this.folder, workload);
  }

  async act(phase: Phase): Promise<void> {
    // -detailed-exitcode ends with 2 where there is anything to do.
    if (phase === "preview") await this.run("plan", "-refresh=false", "-detailed-exitcode");
    else if (phase === "refresh") await this.run("plan", "-detailed-exitcode");
    else if (phase === "destroy") await this.run("destroy", "-auto-approve", "-refresh=false");
    else await this.run("apply", "-auto-approve", "-refresh=false");
  }

  private run(...args: readonly string[]): Promise<void> {
    return run(this.command, [...args, "-input=false", "-no-color"], { cwd: this.folder, env: this.env });
  }

  stateBytes(): number | undefined {
    const file = path.join(this.folder, STATE);
    return existsSync(file) ? statSync(file).size : undefined;
  }

  peakMemory(): undefined {
    return undefined;
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** One resource a thing, as JSON, which the program takes beside its own language. */
function writeConfiguration(folder: string, { users, groups }: Workload): void {
  const roles: Record<string, object> = {};
  // The provider reads memberships into this argument too, and would then want them gone.
  const lifecycle = { ignore_changes: ["roles"] };
  for (const name of users) roles[name] = { name, login: true, lifecycle };
  for (const name of Object.keys(groups)) roles[name] = { name, login: false, lifecycle };
  const memberships: Record<string, object> = {};
  for (const [group, members] of Object.entries(groups)) {
    for (const member of members) {
      const [role, grantRole] = [`\${postgresql_role.${member}.name}`, `\${postgresql_role.${group}.name}`];
      memberships[`${group}-${member}`] = { role, grant_role: grantRole };
    }
  }
  const resource = {
    ...(users.length === 0 ? {} : { postgresql_role: roles }),
    ...(Object.keys(memberships).length === 0 ? {} : { postgresql_grant_role: memberships }),
  };
  const configuration = {
    terraform: { required_providers: { postgresql: { source: PROVIDER } } },
    provider: { postgresql: {} },
    ...(Object.keys(resource).length === 0 ? {} : { resource }),
  };
  writeFileSync(path.join(folder, "main.tf.json"), JSON.stringify(configuration));
}
