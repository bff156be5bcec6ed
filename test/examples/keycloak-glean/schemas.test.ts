import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { REPOSITORY } from "../../repository.js";
import { typeErrors } from "../literals.js";
import { azure, ofType, roundTrip, type AzureResource } from "./azure.js";
import { findings, readTemplate, type Template } from "./cloudFormation.js";
import { FOLDER, read } from "./files.js";
import { google } from "./platforms.js";

const LINTER = path.join(REPOSITORY, "node_modules/dclint/bin/dclint.cjs");

describe("docker-compose.yml of examples/keycloak-glean", () => {
  /** What the linter, and the schema of Compose in it, say against a file. */
  const lint = (file: string): string => {
    // Building an image and naming it is what is meant.
    const words = [LINTER, file, "--formatter", "compact", "--disable-rule", "no-build-and-image"];
    const { stdout, stderr } = spawnSync(process.execPath, words, { encoding: "utf8" });
    return stdout + stderr;
  };

  it("has nothing that the linter finds", () => {
    assert.equal(lint(path.join(FOLDER, "docker-compose.yml")).trim(), "");
  });

  it("with a mistake is found", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "roster-compose-"));
    try {
      const file = path.join(folder, "docker-compose.yml");
      writeFileSync(
        file,
        readFileSync(path.join(FOLDER, "docker-compose.yml"), "utf8").replace("read_only:", "readonly:"),
      );
      assert.match(lint(file), /invalid-schema/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("the template of examples/keycloak-glean for AWS", function () {
  this.timeout(30_000);
  const text = read("aws/template.yaml");
  const template = readTemplate(text);
  const properties = (name: string): Readonly<Record<string, unknown>> => template.Resources[name]?.Properties ?? {};

  it("is as AWS' specification of its resources wants it", () => {
    assert.deepEqual(findings(template), []);
  });

  for (const [what, from, to, told] of [
    [
      "a property that there is not",
      "StopTimeout: 120",
      "StopTime: 120",
      /ContainerDefinitions\[0\]\.StopTime is not known/,
    ],
    [
      "one that is missing",
      '      FlexibleTimeWindow:\n        Mode: "OFF"\n',
      "",
      /Schedule\.FlexibleTimeWindow is missing/,
    ],
    ["a value of another type", "Essential: true", "Essential: maybe", /Essential is "maybe", which is no boolean/],
    ["a value that is not allowed", "LaunchType: FARGATE", "LaunchType: FARGET", /can be .*FARGATE/],
    ["a reference to nothing", "!Ref Logs", "!Ref Log", /there is no Log/],
    ["an attribute that there is not", "!GetAtt State.Arn", "!GetAtt State.ARN", /there is no State\.ARN/],
    ["a type that there is not", "AWS::Logs::LogGroup", "AWS::Logs::Group", /there is no AWS::Logs::Group/],
  ] as const) {
    it(`would be refused with ${what}`, () => {
      assert.ok(text.includes(from), from);
      assert.match(findings(readTemplate(text.replace(from, to))).join("\n"), told);
    });
  }

  it("keeps the state when the stack goes, and every version of it", () => {
    assert.equal(template.Resources["State"]?.DeletionPolicy, "Retain");
    assert.deepEqual(properties("State")["VersioningConfiguration"], { Status: "Enabled" });
  });

  it("runs as nobody in particular, and gives each role what it needs", () => {
    const [container] = properties("Task")["ContainerDefinitions"] as { readonly User: string }[];
    assert.equal(container?.User, "1000:1000");
    assert.deepEqual(allowed(template, "ExecutionRole"), { "secretsmanager:GetSecretValue": { Ref: "Secret" } });
    assert.deepEqual(Object.keys(allowed(template, "TaskRole")), [
      "s3:ListBucket",
      "s3:GetObject,s3:PutObject,s3:DeleteObject",
    ]);
    assert.deepEqual(allowed(template, "ScheduleRole")["ecs:RunTask"], { Ref: "Task" });
    assert.doesNotMatch(JSON.stringify(template.Resources), /"Resource":"\*"|:\*"/);
    assert.equal("SecurityGroupIngress" in properties("SecurityGroup"), false, "nothing comes in");
  });
});

/** What the policies of a role allow, on what. */
function allowed({ Resources }: Template, role: string): Record<string, unknown> {
  const policies = Resources[role]?.Properties?.["Policies"] as {
    readonly PolicyDocument: { readonly Statement: readonly { Action: string | string[]; Resource: unknown }[] };
  }[];
  const statements = policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  return Object.fromEntries(statements.map(({ Action, Resource }) => [String(Action), Resource]));
}

describe("the files of examples/keycloak-glean for Google Cloud", function () {
  this.timeout(60_000);
  const { job, scheduler } = google();

  it("have a job that is one of the Cloud Run API, which knows no other fields", () => {
    const unknown = { spec: { template: { spec: { task: 1 } } } };
    const lines = [
      'import type { run_v1 } from "@googleapis/run";',
      `export const job: run_v1.Schema$Job = ${JSON.stringify(job)};`,
      // It is an error, if that is none.
      "// @ts-expect-error",
      `export const wrong: run_v1.Schema$Job = ${JSON.stringify(unknown)};`,
    ];
    assert.deepEqual(typeErrors(lines.join("\n")), []);
  });

  it("start that job, as an account that may", () => {
    assert.deepEqual(Object.keys(scheduler), [
      "name",
      "description",
      "schedule",
      "timeZone",
      "retryConfig",
      "httpTarget",
    ]);
    const { uri, httpMethod, oauthToken } = scheduler.httpTarget;
    const [, place = ""] =
      /^(projects\/[a-z-]+\/locations\/[a-z0-9-]+)\/jobs\/people-exporter$/.exec(scheduler.name) ?? [];
    assert.equal(uri, `https://run.googleapis.com/v2/${place}/jobs/${job.metadata.name}:run`);
    assert.equal(httpMethod, "POST");
    assert.deepEqual(Object.keys(oauthToken), ["serviceAccountEmail", "scope"]);
    assert.notEqual(oauthToken.serviceAccountEmail, job.spec.template.spec.template.spec.serviceAccountName);
  });
});

describe("the template of examples/keycloak-glean for Azure", () => {
  const template = azure();
  const [group] = ofType("Microsoft.ContainerInstance/containerGroups") as [AzureResource];
  const [workflow] = ofType("Microsoft.Logic/workflows") as [AzureResource];

  it("has a container group that Azure's own client sends as it stands", async () => {
    const { type: _type, apiVersion: _version, name: _name, dependsOn: _before, ...body } = group;
    assert.deepEqual(await roundTrip(group), body);
  });

  it("would be another one with a property that there is not", async () => {
    const wrong = structuredClone(group) as AzureResource & { properties: Record<string, unknown> };
    wrong.properties["restartPolice"] = "Never";
    assert.doesNotMatch(JSON.stringify(await roundTrip(wrong)), /restartPolice/);
  });

  it("names parameters and resources that are there, and gives every parameter a value", () => {
    const text = JSON.stringify(template.resources);
    const used = new Set([...text.matchAll(/parameters\('(\w+)'\)/g)].map(([, name = ""]) => name));
    const there = Object.keys(template.parameters);
    assert.deepEqual(
      [...used].filter((name) => !there.includes(name)),
      [],
    );
    assert.deepEqual(
      there.filter((name) => !used.has(name)),
      [],
    );
    for (const [name, { defaultValue }] of Object.entries(template.parameters))
      assert.ok(defaultValue !== undefined || name in template.values, name);
    assert.deepEqual(
      Object.keys(template.values).filter((name) => !there.includes(name)),
      [],
    );
    const types = template.resources.map(({ type }) => type);
    // The registry is there already.
    const named = [...text.matchAll(/[rR]esourceId\('(Microsoft\.[\w/]+)'/g)].map(([, type = ""]) => type);
    const strange = named.filter((type) => !types.includes(type) && !/roleDefinitions|ContainerRegistry/.test(type));
    assert.deepEqual(strange, []);
  });

  it("starts the group once a day, and may do that to this group only", () => {
    const { definition } = workflow["properties"] as {
      definition: { actions: Record<string, { type: string; inputs: Record<string, unknown> }> };
    };
    const { start } = definition.actions;
    assert.deepEqual(
      [Object.keys(definition.actions), start?.type, start?.inputs["method"]],
      [["start"], "Http", "POST"],
    );
    assert.match(
      String(start?.inputs["uri"]),
      new RegExp(`containerGroups', '${group.name}'\\), '/start\\?api-version=${group.apiVersion}'`),
    );
    const roles = ofType("Microsoft.Authorization/roleAssignments");
    const starts = roles.filter((role) => JSON.stringify(role).includes("5d977122-f97e-4b4d-a52f-6b43003ddb4d"));
    assert.deepEqual(
      starts.map(({ scope }) => scope),
      [`[resourceId('${group.type}', '${group.name}')]`],
    );
    assert.ok(
      roles.every(({ scope }) => typeof scope === "string"),
      "no role is for the whole resource group",
    );
  });

  it("keeps every version of the state, and nobody outside reads it", () => {
    const [account] = ofType("Microsoft.Storage/storageAccounts");
    const [service] = ofType("Microsoft.Storage/storageAccounts/blobServices");
    const { allowBlobPublicAccess, allowSharedKeyAccess } = account?.["properties"] as Record<string, boolean>;
    assert.deepEqual([allowBlobPublicAccess, allowSharedKeyAccess], [false, false]);
    assert.equal((service?.["properties"] as Record<string, unknown>)["isVersioningEnabled"], true);
  });
});
