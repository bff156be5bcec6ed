import type { Engine } from "../engine/index.js";
import type { Workload } from "./workload.js";

/** What is measured, in this order. */
export const PHASES = ["create", "preview", "refresh", "change", "destroy"] as const;

/** One thing that is measured. */
export type Phase = (typeof PHASES)[number];

/** How tables call the phases. */
export const PHASE_TITLES: Readonly<Record<Phase, string>> = {
  create: "create",
  preview: "preview, nothing to do",
  refresh: "preview --refresh",
  change: "1 % changed",
  destroy: "destroy",
};

/** How a contestant reaches its server: through the proxy that counts. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** The server's address in the environment variables that PostgreSQL's clients know. */
export function environmentFor({ host, port, user, password }: Address): Record<string, string> {
  return { PGHOST: host, PGPORT: String(port), PGUSER: user, PGPASSWORD: password, PGDATABASE: "postgres" };
}

/** Someone who takes part, for one run: from nothing to nothing. */
export interface Contestant {
  /** Gets everything ready for a phase that is not measured, such as the text of the program. */
  declare(workload: Workload): Promise<void> | void;
  /** Does a phase, and throws if it does not come out as it has to. */
  act(phase: Phase): Promise<void>;
  /** The size of the state as it is now; undefined where there is none. */
  stateBytes(): number | undefined;
  /** The peak of memory of the provider's process in the phase that was last; undefined where it cannot be told. */
  peakMemory(): number | undefined;
  close(): Promise<void>;
}

/** What a contestant needs to start. */
export interface Start {
  readonly engine: Engine;
  readonly address: Address;
}

/** A column of the tables. */
export interface Column {
  /** For `--columns` and JSON. */
  readonly name: string;
  readonly title: string;
  /** Whether it changes the server, so that the result can be held against it; the floors do not. */
  readonly real: boolean;
  /** Whether it takes part in the large workload. */
  readonly large: boolean;
  /** Why it cannot take part on this machine; undefined where it can. */
  absent(): string | undefined;
  /** Its own version, where it is a program of this machine. */
  version(): string | undefined;
  open(start: Start): Promise<Contestant>;
}
