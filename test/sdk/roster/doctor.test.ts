import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { SYSTEMS as CHOICES } from "../../../sdk/roster/commands/doctor.js";
import { examine, SYSTEMS } from "../../../sdk/roster/doctor.js";
import { doctorReport, doctorText, type DoctorReport } from "../../../sdk/roster/doctorReport.js";

describe("the connections that roster doctor looks at", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "roster-doctor-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Examines a stack of these resources and this config, where nothing answers. */
  const report = async (
    resources: readonly object[],
    config: object,
    connections: readonly string[] = [],
    environment: Record<string, string> = {},
  ): Promise<DoctorReport> => {
    const file = path.join(folder, "pulumi.cjs");
    const answers = { stack: { version: 3, deployment: { resources } }, config };
    writeFileSync(file, `console.log(JSON.stringify(${JSON.stringify(answers)}[process.argv[2]]));`);
    const pulumi = { command: process.execPath, args: [file] };
    const found = await examine({ cwd: folder, stack: undefined, pulumi, environment, connections });
    return doctorReport.parse(found);
  };
  const loads = (token: string): string =>
    `exports.handler=()=>require("module").createRequire(process.cwd()+"/")("pulumi-roster/provider")("${token}")`;
  const resource = (token: string, outputs: object): object => ({
    ...{ urn: "urn", type: "t", custom: true, id: "x" },
    outputs: { __provider: loads(token), ...outputs },
  });
  const names = ({ connections }: DoctorReport): string[] => connections.map(({ system, name }) => `${system} ${name}`);

  it("are those of resources, of components that read, of the config, and of variables", async () => {
    const settings = { partners: { realm: "x" }, mart: { host: "h" }, glean: { url: "u" }, strange: { url: "u" } };
    const found = await report(
      [
        resource("databricks.Grants", { securable: "table a.b.c" }),
        resource("databricks.Grants", { securable: "table a.b.d" }),
        { urn: "urn", type: "roster:civis:GroupSync", outputs: { reads: "civis:civis" } },
        { urn: "urn", type: "roster:heimdall:EnvironmentMirror", outputs: { reads: "heimdall:staging" } },
      ],
      { "roster:connections": { value: JSON.stringify(settings) } },
      [],
      { KEYCLOAK_BASE_URL: "http://127.0.0.1:1" },
    );
    assert.deepEqual(names(found), [
      "databricks databricks",
      "civis civis",
      "heimdall staging",
      "keycloak keycloak",
      "keycloak partners",
      "postgres mart",
      "glean glean",
    ]);
    assert.deepEqual(
      found.connections.map(({ resources }) => resources),
      [2, 0, 0, 0, 0, 0, 0],
    );
    assert.equal(found.errors >= 7, true, "each of them has nothing to connect with, and is told by itself");
  });

  it("are those through which messages go", async () => {
    const channels = [
      { kind: "webhook", name: "alerts" },
      { kind: "mail", name: "mail" },
      { kind: "pigeon", name: "x" },
    ];
    const found = await report([resource("databricks.LedgerOutbox", { channels })], {
      "roster:connections": { value: JSON.stringify({ relay: { host: "127.0.0.1", from: "a@b.c", port: 1 } }) },
    });
    assert.deepEqual(names(found), ["databricks databricks", "webhook alerts", "mail mail", "mail relay"]);
    const messages = found.connections.map(({ findings }) => findings[0]?.message ?? "");
    assert.match(
      messages.join("\n"),
      /connection alerts has no url\n.*mail has no from\nmail server relay.*cannot be reached/,
    );
  });

  it("are those that are asked for, with what the stack has of them", async () => {
    const found = await report([resource("heimdall.Role", { connection: "city" })], {}, ["heimdall:city", "civis"]);
    assert.deepEqual(names(found), ["heimdall city", "civis civis"]);
    assert.match(found.connections[0]?.findings[0]?.message ?? "", /connection city has no (url|token)/);
    assert.equal(SYSTEMS.join(", "), CHOICES);
  });

  it("say so where the config is not of its form, and where there are none", async () => {
    const broken = await report([resource("heimdall.Role", {})], { "roster:connections": { value: "[]" } });
    assert.match(broken.connections[0]?.findings[0]?.message ?? "", /roster:connections is not an object/);
    assert.match(doctorText(await report([], {})), /^The stack uses no connection yet/);
  });

  it("are told one after another, with what to do under what is wrong", () => {
    const findings: DoctorReport["connections"][number]["findings"] = [
      { aspect: "reach", level: "good", message: "the server answers" },
      { aspect: "rights", level: "error", message: "no CREATEROLE", remedy: "ALTER ROLE" },
    ];
    const connection = {
      system: "postgres",
      name: "postgres",
      place: "connection postgres (db)",
      resources: 1,
      findings,
    };
    assert.equal(
      doctorText({ version: 1, connections: [connection], errors: 1, warnings: 0 }),
      "postgres: connection postgres (db), 1 resource\n  ok    reach    the server answers\n" +
        "  ERROR rights   no CREATEROLE\n                 -> ALTER ROLE\n\n1 connection: 1 error, 0 warnings\n",
    );
  });
});
