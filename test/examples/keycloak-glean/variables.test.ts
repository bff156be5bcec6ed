import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { REPOSITORY } from "../../repository.js";
import { startGlean, type Glean } from "../../sandbox/glean/index.js";
import { EXPORTER, HALF_EXPORTER, SECRET, companyRealm } from "../../sandbox/keycloak/company.js";
import { startKeycloakSandbox, type KeycloakSandbox } from "../../sandbox/keycloak/index.js";
import { skip } from "../../skip.js";
import { page } from "./files.js";
import { template } from "./platforms.js";

const CLI = path.join(REPOSITORY, "dist/sdk/roster/cli.js");
const PULUMI = path.join(__dirname, "withoutEngine.js");
const PEOPLE = 12;

/** The variables of the exporter that this job replaces. */
const VARIABLES = [
  "KEYCLOAK_BASE_URL",
  "KEYCLOAK_REALM",
  "KEYCLOAK_CLIENT_ID",
  "KEYCLOAK_CLIENT_SECRET",
  "KEYCLOAK_TIMEOUT",
  "GLEAN_API_URL",
  "GLEAN_API_TOKEN",
  "GLEAN_DATASOURCE",
  "GLEAN_TIMEOUT",
  "GLEAN_USE_BULK_INDEX",
  "LOG_LEVEL",
  "DRY_RUN",
  "MAX_USERS",
];

interface Line {
  readonly level: string;
  readonly msg: string;
}

interface Ran {
  readonly code: number | null;
  readonly lines: readonly Line[];
  /** All that was logged as an error, and what was printed instead of a log. */
  readonly errors: string;
}

describe("the variables of the exporter", function () {
  this.timeout(60_000);

  it("are those of its document, where that is at hand", function () {
    const document = path.join(REPOSITORY, "../shared/systems/3-keycloak-glean-people.md");
    if (!existsSync(document)) skip(this, "../shared/systems is not there to compare with");
    const named = [...readFileSync(document, "utf8").matchAll(/^- `([A-Z_]+)`: /gm)].map(([, name = ""]) => name);
    assert.deepEqual(named.sort(), [...VARIABLES].sort());
  });

  it("are all in env.template and in the page's table", () => {
    const table = page()
      .split("\n")
      .filter((line) => line.startsWith("|"));
    for (const name of VARIABLES) {
      assert.ok(name in template(), name);
      assert.ok(
        table.some((line) => new RegExp(`^\\|[^|]*\`${name}(=[^\`]*)?\``).test(line)),
        name,
      );
    }
  });

  describe("in roster sync", () => {
    let keycloak: KeycloakSandbox;
    let glean: Glean;
    let environment: Readonly<Record<string, string>>;

    beforeEach(async () => {
      keycloak = await startKeycloakSandbox([companyRealm(PEOPLE)]);
      glean = await startGlean({ datasources: ["keycloak"], limits: undefined });
      environment = {
        PATH: process.env["PATH"] ?? "",
        ROSTER_PULUMI: JSON.stringify([process.execPath, PULUMI]),
        KEYCLOAK_BASE_URL: keycloak.url,
        KEYCLOAK_REALM: "company",
        KEYCLOAK_CLIENT_ID: EXPORTER,
        KEYCLOAK_CLIENT_SECRET: SECRET,
        ...glean.env,
        GLEAN_DATASOURCE: "keycloak",
      };
    });
    afterEach(async () => {
      await keycloak.close();
      await glean.close();
    });

    const run = async (changes: Readonly<Record<string, string>>): Promise<Ran> => {
      const env = { ...environment, ...changes };
      const child = spawn(process.execPath, [CLI, "sync", "--json"], { env, stdio: ["ignore", "pipe", "pipe"] });
      let [stdout, stderr] = ["", ""];
      child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
      const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
      const lines = stdout.split("\n").filter((line) => line !== "");
      const records = lines.map((line) => JSON.parse(line) as Line);
      const errors = records.filter(({ level }) => ["error", "critical"].includes(level)).map(({ msg }) => msg);
      return { code, lines: records, errors: [...errors, stderr].join("\n") };
    };

    for (const [what, changes, exit, told] of [
      [
        "a wrong secret",
        { KEYCLOAK_CLIENT_SECRET: "old" },
        67,
        /refuses client[^]*what to do:[^]*KEYCLOAK_CLIENT_SECRET/,
      ],
      [
        "a missing role",
        { KEYCLOAK_CLIENT_ID: HALF_EXPORTER },
        77,
        /lacks the role view-users[^]*what to do:[^]*half-exporter/,
      ],
      [
        "an unknown realm",
        { KEYCLOAK_REALM: "compagny" },
        66,
        /has no realm "compagny"[^]*what to do:[^]*KEYCLOAK_REALM/,
      ],
      [
        "a refused data source",
        { GLEAN_DATASOURCE: "workday" },
        73,
        /data source "workday"[^]*what to do:[^]*GLEAN_DATASOURCE/,
      ],
      ["a wrong token", { GLEAN_API_TOKEN: "old" }, 67, /refuses the token[^]*what to do:[^]*GLEAN_API_TOKEN/],
      ["a Keycloak that is not there", { KEYCLOAK_BASE_URL: "http://127.0.0.1:9" }, 69, /does not answer/],
      ["a time that is none for Keycloak", { KEYCLOAK_TIMEOUT: "soon" }, 78, /silenceTimeout[^]*KEYCLOAK_TIMEOUT/],
      ["a time that is none for Glean", { GLEAN_TIMEOUT: "soon" }, 78, /silenceTimeout[^]*GLEAN_TIMEOUT/],
      ["an address of Glean that is none", { GLEAN_API_URL: "glean" }, 78, /url[^]*GLEAN_API_URL/],
      [
        "a mode that there is not",
        { GLEAN_USE_BULK_INDEX: "maybe" },
        78,
        /GLEAN_USE_BULK_INDEX is "maybe"; it can be true or false/,
      ],
      ["a number that is none", { MAX_USERS: "many" }, 78, /MAX_USERS is "many"; it can be a whole number/],
      ["neither a dry run nor none", { DRY_RUN: "maybe" }, 64, /DRY_RUN is neither true nor false/],
      ["a level that there is not", { LOG_LEVEL: "loud" }, 64, /LOG_LEVEL|log-level/],
    ] as const) {
      it(`${what} has its message, exit code ${String(exit)}, and nothing is sent`, async () => {
        // Also for those who log errors only.
        const { code, errors } = await run({ LOG_LEVEL: "ERROR", ...changes });
        assert.match(errors, told);
        assert.equal(code, exit, errors);
        assert.equal(glean.people.size, 0);
      });
    }

    it("DRY_RUN, MAX_USERS and LOG_LEVEL: three people are looked at, shown, and not sent", async () => {
      const { code, lines } = await run({ DRY_RUN: "true", MAX_USERS: "3", LOG_LEVEL: "DEBUG" });
      const text = lines.map(({ msg }) => msg).join("\n");
      assert.equal(code, 0, text);
      assert.equal(lines.filter(({ level, msg }) => level === "debug" && msg.startsWith("sample: ")).length, 3);
      assert.match(text, /GET \/users\?first=0&max=3&/);
      assert.match(text, /# shard 1 of 1: \+3 ~0 of 3, 3 requests/);
      assert.match(text, /dry run: 3 people read/);
      assert.equal(glean.count(), 0);
    });

    for (const [mode, request] of [
      ["false", "POST /api/index/v1/indexemployee"],
      ["true", "POST /api/index/v1/bulkindexemployees"],
    ] as const) {
      it(`GLEAN_USE_BULK_INDEX=${mode}: everybody is sent, after the data source was asked for`, async () => {
        const { code, errors } = await run({ GLEAN_USE_BULK_INDEX: mode, GLEAN_TIMEOUT: "7", KEYCLOAK_TIMEOUT: "7" });
        assert.equal(code, 0, errors);
        const [first, ...others] = glean.requests();
        assert.match(first ?? "", /getdatasourceconfig/);
        assert.deepEqual([...new Set(others)], [request]);
        assert.equal(glean.people.size, PEOPLE);
      });
    }
  });
});
