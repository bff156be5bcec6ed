import assert from "node:assert/strict";
import { encodeLines, type Entry } from "../../../provider/core/lines.js";
import type { Host, Properties, Resource } from "../../../provider/core/resource.js";
import { sessionFor } from "../../../provider/core/sessions.js";
import { resources } from "../../../provider/databricks/index.js";
import { openSession } from "../../../provider/databricks/session.js";
import { databricks as system } from "../../../provider/databricks/system.js";
import { startDatabricks, type DatabricksOptions, type DatabricksSandbox } from "../../sandbox/databricks/index.js";
import { runValues, testHost } from "../host.js";
import { Stack, type Declared, type RunSettings } from "../stack.js";

/** How a run on Databricks is to be. */
export interface DatabricksRun extends RunSettings {
  /** Settings besides the address and the token, as environment variables; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly offline?: boolean;
}

/** A stack on one workspace. What it waits for is counted and not waited for. */
export class DatabricksStack extends Stack<DatabricksRun> {
  protected readonly killed = false;
  /** The waits of the last run, in milliseconds. */
  readonly waits: number[] = [];
  /** What happens while a run waits. */
  whileWaiting: () => void = () => undefined;

  constructor(readonly workspace: DatabricksSandbox) {
    super();
  }

  override resource(type: string): Resource {
    const found = resources[type];
    assert.ok(found, `there is no databricks.${type}`);
    return found;
  }

  override host(settings: DatabricksRun, warnings: string[]): Host {
    this.waits.length = 0;
    const host = testHost({
      ...runValues(settings),
      environment: { DATABRICKS_HOST: this.workspace.url, DATABRICKS_TOKEN: this.workspace.token, ...settings.env },
      warn: (text) => warnings.push(text),
    });
    // The session that the resources of this run will find is one that does not wait.
    const pause = (milliseconds: number): Promise<void> => {
      this.waits.push(milliseconds);
      this.whileWaiting();
      return Promise.resolve();
    };
    const open = (connection: Parameters<typeof openSession>[0]): ReturnType<typeof openSession> =>
      openSession(connection, pause, (text) => {
        host.warn(text);
      });
    sessionFor(host, { ...system, open }, undefined);
    return host;
  }
}

/** The requests on privileges since the last look: `GET table/main.sales.orders`. */
export function requests({ calls }: DatabricksSandbox): string[] {
  const found = calls
    .splice(0)
    .filter(({ path }) => path.includes("/permissions/"))
    .map(({ method, path }) => `${method} ${path.slice(path.indexOf("/permissions/") + "/permissions/".length)}`);
  return found;
}

/** The changes that were sent since the last look: what was said to each securable. */
export function changes({ calls }: DatabricksSandbox): unknown[] {
  return calls
    .splice(0)
    .flatMap(({ method, body }) => (method === "PATCH" ? [(body as { changes: unknown }).changes] : []));
}

/** A workspace with three tables, and people, and a stack on it; both are gone afterwards. */
export async function scene(
  work: (scene: {
    readonly workspace: DatabricksSandbox;
    readonly stack: DatabricksStack;
    readonly metastore: DatabricksSandbox["metastore"];
  }) => Promise<void>,
  options: DatabricksOptions = {},
): Promise<void> {
  const workspace = await startDatabricks(options);
  const { metastore } = workspace;
  metastore.create(ORDERS, "table main.sales.items", "volume main.raw.files");
  metastore.addPrincipal("ana@example.com", "rui@example.com", "Zoe@Example.com", "mallory@example.com");
  metastore.addGroup("analysts", ["ana@example.com"]);
  try {
    await work({ workspace, stack: new DatabricksStack(workspace), metastore });
  } finally {
    await workspace.close();
  }
}

/** The table of most tests. */
export const ORDERS = "table main.sales.orders";

/** People on a list, as in a program. */
export type People = readonly (string | { readonly name: string; readonly until?: string })[];

function text(people: People): string {
  return encodeLines(
    people.map((each): Entry => {
      if (typeof each === "string") return { name: each };
      return { name: each.name, attributes: { until: each.until } };
    }),
  );
}

function lists(grants: Readonly<Record<string, People>>): Record<string, string> {
  return Object.fromEntries(Object.entries(grants).map(([privilege, people]) => [privilege, text(people)]));
}

type GrantsOf = Readonly<Record<string, Readonly<Record<string, People>>>>;

/** A `databricks.Grant`. */
export const grant = (principal: string, privileges: readonly string[], more: Properties = {}): Declared => ({
  type: "Grant",
  args: { securable: ORDERS, principal, privileges, ...more },
});

/** A `databricks.Grants` on the table of most tests. */
export const grants = (of: Readonly<Record<string, People>>, more: Properties = {}): Declared => ({
  type: "Grants",
  args: { securable: ORDERS, grants: lists(of), ...more },
});

/** A `databricks.Access`. */
export const access = (of: { grants?: GrantsOf; additional?: GrantsOf }, more: Properties = {}): Declared => {
  const all = (given: GrantsOf): Properties =>
    Object.fromEntries(Object.entries(given).map(([securable, each]) => [securable, lists(each)]));
  return {
    type: "Access",
    args: {
      name: "product",
      ...(of.grants === undefined ? {} : { grants: all(of.grants) }),
      ...(of.additional === undefined ? {} : { additional: all(of.additional) }),
      ...more,
    },
  };
};
