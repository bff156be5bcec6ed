import assert from "node:assert/strict";
import type { Host, Resource } from "../../../provider/core/resource.js";
import { sessionFor } from "../../../provider/core/sessions.js";
import { resources } from "../../../provider/postgres/index.js";
import { openSession } from "../../../provider/postgres/session.js";
import { postgres } from "../../../provider/postgres/system.js";
import type { PostgresServer } from "../../postgres/server.js";
import { runValues, testHost } from "../host.js";
import * as stack from "../stack.js";
import { Wire, type Faults } from "./faultyWire.js";

export type { Declared, Outcome, Program, Stored } from "../stack.js";

/** How a run is to be. */
export interface RunSettings extends stack.RunSettings {
  readonly faults?: Faults;
}

/** As whom the provider connects. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/** A stack on a PostgreSQL server. */
export class Stack extends stack.Stack<RunSettings> {
  /** Further variables of the runs. */
  environment: Readonly<Record<string, string>> = {};

  constructor(
    private readonly server: Pick<PostgresServer, "host" | "port" | "user" | "password">,
    private readonly login: Login = server,
    /** Stacks with one wire share its connection. */
    readonly wire = new Wire(),
  ) {
    super();
  }

  protected override get killed(): boolean {
    return this.wire.killed;
  }

  protected override ended(): void {
    this.wire.faults = () => undefined;
  }

  override resource(type: string): Resource {
    const found = resources[type];
    assert.ok(found, `there is no postgres.${type}`);
    return found;
  }

  override host(settings: RunSettings, warnings: string[]): Host {
    const { server, login } = this;
    this.wire.killed = false;
    this.wire.begin();
    this.wire.faults = settings.faults ?? (() => undefined);
    const host = testHost({
      ...runValues(settings),
      environment: {
        PGHOST: server.host,
        PGPORT: String(server.port),
        PGUSER: login.user,
        PGPASSWORD: login.password,
        ...this.environment,
      },
      warn: (text) => warnings.push(text),
    });
    // The session that the resources of this run will find is one on our wire.
    sessionFor(host, { ...postgres, open: (connection) => openSession(connection, this.wire.dial) }, undefined);
    return host;
  }
}
