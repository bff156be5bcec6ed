import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeLines, encodeNames } from "../../../provider/core/lines.js";
import type { Host, Properties, Resource } from "../../../provider/core/resource.js";
import { sessionFor } from "../../../provider/core/sessions.js";
import { openClient } from "../../../provider/heimdall/client.js";
import { resources } from "../../../provider/heimdall/index.js";
import { openSession } from "../../../provider/heimdall/session.js";
import { heimdall as system } from "../../../provider/heimdall/system.js";
import { startHeimdall, type Contents, type HeimdallSandbox } from "../../sandbox/heimdall/heimdall.js";
import { runValues, testHost } from "../host.js";
import { Stack, type Declared, type RunSettings } from "../stack.js";

/** How a run on Heimdall is to be. */
export interface HeimdallRun extends RunSettings {
  /** Settings besides the address and the token, as environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** The process dies when it sends its nth request that is no GET, from 1; done or not. */
  readonly killAt?: { readonly write: number; readonly done: boolean };
  readonly offline?: boolean;
}

/** A stack on one environment, or on two: the connection "heimdall", and where there is one the connection "source". */
export class HeimdallStack extends Stack<HeimdallRun> {
  private dead = false;
  private endFault: () => void = () => undefined;
  /** Where restore files go. */
  readonly folder = mkdtempSync(join(tmpdir(), "roster-heimdall-"));

  constructor(
    readonly heimdall: Pick<HeimdallSandbox, "url" | "token" | "fault">,
    private readonly source?: HeimdallSandbox,
  ) {
    super();
  }

  /** Nothing of it is left on this machine. */
  end(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  protected override get killed(): boolean {
    return this.dead;
  }

  protected override ended(): void {
    this.endFault();
    this.endFault = () => undefined;
  }

  override resource(type: string): Resource {
    const found = resources[type];
    assert.ok(found, `there is no heimdall.${type}`);
    return found;
  }

  /** The restore files that are there. */
  restores(): string[] {
    return readdirSync(this.folder).sort();
  }

  override host(settings: HeimdallRun, warnings: string[]): Host {
    this.dead = false;
    if (settings.killAt !== undefined) this.kill(settings.killAt);
    const { url, token } = this.heimdall;
    const host = testHost({
      ...runValues(settings),
      environment: {
        HEIMDALL_URL: url,
        HEIMDALL_TOKEN: token,
        ROSTER_SOURCE_URL: this.source?.url,
        ROSTER_SOURCE_TOKEN: this.source?.token,
        ROSTER_HEIMDALL_RESTORE_FOLDER: this.folder,
        ...settings.env,
      },
      warn: (text) => warnings.push(text),
    });
    // The session that the resources of this run will find is one that does not wait.
    const open = (connection: Parameters<typeof openSession>[0]): ReturnType<typeof openSession> =>
      openSession(connection, (to) => openClient(to, { pause: () => this.pause() }));
    sessionFor(host, { ...system, open }, undefined);
    return host;
  }

  /** A process that is gone waits for nothing. */
  private pause(): Promise<void> {
    return this.dead ? Promise.reject(new Error("the process is gone")) : Promise.resolve();
  }

  private kill({ write, done }: { readonly write: number; readonly done: boolean }): void {
    let seen = 0;
    const when = ({ method }: { method: string }): boolean => {
      if (this.dead) return true;
      if (method !== "GET") seen += 1;
      this.dead = seen >= write;
      return this.dead;
    };
    const ends = [
      this.heimdall.fault({ when, times: 1, failure: done ? "cutAfterActing" : "cut" }),
      this.heimdall.fault({ when: () => this.dead, failure: "cut" }),
    ];
    this.endFault = () => {
      for (const end of ends) end();
    };
  }
}

/** An environment with what it is to hold, and a stack on it; both are gone afterwards. */
export async function scene(
  contents: Contents,
  work: (scene: { readonly heimdall: HeimdallSandbox; readonly stack: HeimdallStack }) => Promise<void>,
): Promise<void> {
  const heimdall = await startHeimdall(contents);
  const stack = new HeimdallStack(heimdall);
  try {
    await work({ heimdall, stack });
  } finally {
    stack.end();
    await heimdall.close();
  }
}

/** A declaration; names of a list travel as one text. */
function declare(type: string, args: Properties, after: readonly string[] = []): Declared {
  const texts = Object.entries(args).map(([name, value]) => [
    name,
    Array.isArray(value) && (name === "actions" || name === "roles") ? encodeNames(value as string[]) : value,
  ]);
  return { type, args: Object.fromEntries(texts) as Properties, after };
}

export const action = (name: string, more: Properties = {}): Declared =>
  declare("Action", { name, description: `May ${name}`, ...more });
export const role = (name: string, more: Properties = {}, after: readonly string[] = []): Declared =>
  declare("Role", { name, description: `The ${name}`, ...more }, after);
export const group = (name: string, more: Properties = {}, after: readonly string[] = []): Declared =>
  declare("Group", { name, description: `The ${name}`, ...more }, after);
export const mapping = (key: string, to: string, more: Properties = {}, after: readonly string[] = []): Declared => {
  const [method, path] = key.split(" ");
  return declare("Mapping", { method, path, action: to, ...more }, after);
};
export const roleAction = (of: string, has: string, after: readonly string[] = []): Declared =>
  declare("RoleAction", { role: of, action: has }, after);
export const groupRole = (of: string, has: string, after: readonly string[] = []): Declared =>
  declare("GroupRole", { group: of, role: has }, after);
export const groupMember = (of: string, cpf: string, after: readonly string[] = []): Declared =>
  declare("GroupMember", { group: of, cpf }, after);

/** The arguments of an Environment that holds the same as a sandbox does. */
export function environment(
  { actions = {}, roles = {}, mappings = {}, groups = {} }: Contents,
  { members = false, ...more }: Properties = {},
): Declared {
  const described = (of: Readonly<Record<string, { readonly description: string }>>): string =>
    encodeLines(Object.entries(of).map(([name, { description }]) => ({ name, attributes: { description } })));
  const lists = <T>(of: Readonly<Record<string, T>>, names: (value: T) => readonly string[] | undefined): Properties =>
    Object.fromEntries(
      Object.entries(of).flatMap(([name, value]) => {
        const list = names(value) ?? [];
        return list.length === 0 && names(value) === undefined ? [] : [[name, encodeNames(list)]];
      }),
    );
  return {
    type: "Environment",
    args: {
      name: "city",
      actions: encodeLines(
        Object.entries(actions).map(([name, description]) => ({ name, attributes: { description } })),
      ),
      roles: described(roles),
      groups: described(groups),
      mappings: encodeLines(
        Object.entries(mappings).map(([name, { action: to, description }]) => ({
          name,
          attributes: { action: to, ...(description === undefined || description === null ? {} : { description }) },
        })),
      ),
      roleActions: lists(roles, (value) => value.actions),
      groupRoles: lists(groups, (value) => value.roles),
      ...(members === true ? { members: lists(groups, (value) => value.members) } : {}),
      ...more,
    },
  };
}

/** An environment as it is known to the tests that begin with something. */
export const CITY: Contents = {
  actions: { "users:read": "May users:read", "users:write": "May users:write" },
  roles: {
    viewer: { description: "The viewer", actions: ["users:read"] },
    editor: { description: "The editor", actions: ["users:read", "users:write"] },
  },
  mappings: { "GET /users": { action: "users:read", description: "List" }, "PUT /users": { action: "users:write" } },
  groups: {
    desk: { description: "The desk", roles: ["viewer"], members: ["11111111111", "22222222222"] },
    office: { description: "The office", roles: ["viewer", "editor"] },
  },
};
