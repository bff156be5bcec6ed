import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { REPOSITORY } from "../../../repository.js";
import type { Redshift } from "../../../sandbox/redshift/index.js";
import { startSandboxServer, type Answer, type Call, type SandboxServer } from "../../../sandbox/server.js";
import { Scene, group, messages, stackOn } from "./scene.js";

/*
 * The modules of docs/redshift.md, as they stand there, with AWS's own SDK. What AWS answers comes from a stand-in, in
 * the forms of its reference: XML of the Query API, and JSON.
 * https://docs.aws.amazon.com/redshift/latest/APIReference/API_GetClusterCredentials.html
 * https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_GetCredentials.html
 */

describe("passwords of Amazon Redshift from AWS's SDK", function () {
  this.timeout(60_000);
  let scene: Scene;
  let redshift: Redshift;
  let aws: SandboxServer;
  let folder: string;
  let given: Readonly<Record<string, string | undefined>>;

  before(async () => {
    scene = await Scene.start();
    redshift = scene.redshift;
    aws = await startSandboxServer(answer);
    folder = mkdtempSync(path.join(tmpdir(), "roster-"));
    symlinkSync(path.join(REPOSITORY, "node_modules"), path.join(folder, "node_modules"));
    const variables = {
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "of the test",
      AWS_ENDPOINT_URL: aws.url,
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    };
    given = Object.fromEntries(Object.keys(variables).map((name) => [name, process.env[name]]));
    Object.assign(process.env, variables);
  });
  after(async () => {
    for (const [name, value] of Object.entries(given)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    rmSync(folder, { recursive: true });
    await aws.close();
    await scene.stop();
  });
  beforeEach(() => {
    scene.begin();
    aws.reset();
  });

  /** What AWS gives: a password that the cluster lets in, and its end. */
  function answer({ headers, text }: Call): Answer {
    assert.match(
      String(headers["authorization"]),
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d+\/eu-west-1\/redshift/,
    );
    const until = new Date(Date.now() + 900_000);
    if (headers["x-amz-target"] === "RedshiftServerless.GetCredentials") {
      assert.deepEqual(JSON.parse(text), { workgroupName: "warehouse", dbName: "dev" });
      const dbUser = "IAMR:deployer";
      const expiration = until.getTime() / 1000;
      return { status: 200, body: { dbUser, dbPassword: redshift.temporaryPassword(dbUser, until), expiration } };
    }
    const asked = Object.fromEntries(new URLSearchParams(text));
    const named = { ClusterIdentifier: "warehouse", DbUser: "roster", DbName: "dev" };
    assert.deepEqual(asked, { Action: "GetClusterCredentials", Version: "2012-12-01", ...named });
    const user = "IAM:roster";
    const result = `<DbUser>${user}</DbUser><DbPassword>${redshift.temporaryPassword(user, until)}</DbPassword><Expiration>${until.toISOString()}</Expiration>`;
    return {
      status: 200,
      headers: { "content-type": "text/xml" },
      body: `<GetClusterCredentialsResponse xmlns="http://redshift.amazonaws.com/doc/2012-12-01/"><GetClusterCredentialsResult>${result}</GetClusterCredentialsResult></GetClusterCredentialsResponse>`,
    };
  }

  /** Each is a file of its own. */
  function moduleOf(sdk: string): string {
    const page = readFileSync(path.join(REPOSITORY, "docs/redshift.md"), "utf8");
    const blocks = [...page.matchAll(/```js\n([^]*?)```/g)].map(([, code = ""]) => code);
    const code = blocks.find((block) => block.includes(`"${sdk}"`));
    assert.ok(code, `docs/redshift.md has nothing for ${sdk}`);
    const file = path.join(folder, `${path.basename(sdk)}.cjs`);
    writeFileSync(file, code);
    return file;
  }

  for (const [what, sdk, login, name] of [
    ["a provisioned cluster", "@aws-sdk/client-redshift", "IAM:roster", "roster"],
    ["a serverless workgroup", "@aws-sdk/client-redshift-serverless", "IAMR:deployer", "IAMR:deployer"],
  ] as const) {
    it(`log in to ${what}, and are asked for once in a run`, async () => {
      await redshift.query(`CREATE USER "${name}" CREATEUSER PASSWORD 'Kestrel77x'`);
      scene.stack = stackOn(redshift, {
        ...{ PGUSER: login, PGPASSWORD: "", ROSTER_POSTGRES_PASSWORD_MODULE: moduleOf(sdk) },
      });
      await scene.settles({ ...group("readers"), ...group("writers") });
      await scene.end();
      assert.equal(aws.calls.length, 1);
      await redshift.query(`DROP USER "${name}"`);
    });
  }

  it("say what AWS answers where it refuses, and no password", async () => {
    const denied = { message: "User: deployer is not authorized to perform: redshift-serverless:GetCredentials" };
    const headers = { "x-amzn-errortype": "AccessDeniedException" };
    aws.fault({ failure: { answer: { status: 400, headers, body: denied } } });
    const file = moduleOf("@aws-sdk/client-redshift-serverless");
    const other = path.join(folder, "other.cjs");
    writeFileSync(other, readFileSync(file));
    const stack = stackOn(redshift, {
      PGUSER: "IAMR:deployer",
      PGPASSWORD: "",
      ROSTER_POSTGRES_PASSWORD_MODULE: other,
    });
    const { errors } = await stack.up(group("readers"));
    assert.match(messages(errors).join(), /not authorized to perform: redshift-serverless:GetCredentials/);
    assert.match(messages(errors).join(), /passwordModule of connection postgres/);
  });
});
