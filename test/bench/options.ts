import { parseArgs } from "node:util";

/** What to measure and how often. */
export interface Options {
  readonly quick: boolean;
  readonly large: boolean;
  /** Where to write JSON. */
  readonly json: string | undefined;
  /** Names of columns; undefined for all. */
  readonly columns: readonly string[] | undefined;
  /** Undefined for as many as is usual. */
  readonly runs: number | undefined;
  readonly help: boolean;
}

export const HELP = `npm run bench -- [options]

Measures Roster beside the engine alone, a textbook dynamic provider, a bare client and other programs, in turns.

  --quick           ends within ten minutes on two cores: fewer runs
  --large           also 10,000 users, 500 groups, 50,000 memberships, and a server of 500 users
                    with 4 grants each in 20 databases (also with --columns server)
  --json <file>     writes everything that was measured as JSON
  --columns <a,b>   only these: floor, granular, textbook, bulk-floor, bulk, limit, ldap2pg, tofu, terraform,
                    keycloak, glean, people, heimdall, civis, server
  --runs <number>   how often; usually 5 (at most 3 with --quick), 3 for the large workload and for growth
`;

/** Reads the command line. Throws an Error that says what is wrong with it. */
export function readOptions(args: readonly string[], known: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      large: { type: "boolean", default: false },
      json: { type: "string" },
      columns: { type: "string" },
      runs: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  const columns = values.columns?.split(",");
  const strange = columns?.filter((name) => !known.includes(name)) ?? [];
  if (strange.length > 0) throw new Error(`there is no column ${strange.join(", ")}; there are ${known.join(", ")}`);
  const runs = values.runs === undefined ? undefined : Number(values.runs);
  if (runs !== undefined && !(Number.isInteger(runs) && runs > 0)) throw new Error("--runs takes a number from 1 on");
  return { quick: values.quick, large: values.large, json: values.json, columns, runs, help: values.help };
}
