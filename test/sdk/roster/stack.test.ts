import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { connectionsOf, readStack, type Stack } from "../../../sdk/roster/stack.js";

const loads = (token: string): string =>
  `exports.handler=()=>require("module").createRequire(process.cwd()+"/")("pulumi-roster/provider")("${token}")`;
const secret = (value: unknown): object => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});
const resource = (token: string, name: string, outputs: object): object => ({
  urn: `urn:pulumi:prod::access::pulumi-nodejs:dynamic/${token.replace(".", ":")}::${name}`,
  type: `pulumi-nodejs:dynamic/${token.replace(".", ":")}`,
  custom: true,
  id: name,
  inputs: { __provider: loads(token) },
  outputs: { __provider: loads(token), ...outputs },
});

describe("a stack as roster reads it", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "roster-stack-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Reads from a pulumi that answers with these, and fails for everything that it is not asked for here. */
  const read = (resources: readonly object[] | undefined, config: object = {}): Promise<Stack> => {
    const file = path.join(folder, "pulumi.cjs");
    writeFileSync(
      file,
      `const answers = ${JSON.stringify({
        "stack export --show-secrets --stack prod --non-interactive": { version: 3, deployment: { resources } },
        "config --json --show-secrets --stack prod --non-interactive": config,
      })};
      const answer = answers[process.argv.slice(2).join(" ")];
      if (answer === undefined) { console.error("error: no stack named 'prod' found"); process.exit(255); }
      console.log(JSON.stringify(answer, null, 2));`,
    );
    const pulumi = { command: process.execPath, args: [file] };
    return readStack({ cwd: folder, stack: "prod", pulumi, environment: { PGHOST: "db" } });
  };

  it("tells which connections its resources use, with secrets in clear and each connection once", async () => {
    const own = { name: "own", host: "db.example.com", password: secret("battery staple") };
    const { connections, empty, reads } = await read([
      { urn: "urn:pulumi:prod::access::pulumi:pulumi:Stack::s", type: "pulumi:pulumi:Stack" },
      ...["s", "t"].map((name) => ({
        urn: `urn:pulumi:prod::access::roster:civis:GroupSync::${name}`,
        type: "roster:civis:GroupSync",
        outputs: { members: {}, reads: "civis:partners" },
      })),
      {
        urn: "urn:pulumi:prod::access::other:index:Thing::t",
        type: "other:index:Thing",
        outputs: { reads: "civis:no" },
      },
      resource("postgres.User", "ana", { name: "ana" }),
      resource("glean.Person", "ana@example.com", { connection: "people" }),
      resource("postgres.User", "rui", { name: "rui", connection: own }),
      resource("postgres.Group", "staff", { name: "staff", connection: { ...own } }),
      resource("postgres.Group", "all", { name: "all" }),
    ]);
    assert.deepEqual(
      connections.map(({ system, name, arg, resources }) => ({
        system,
        name,
        arg,
        ids: resources.map(({ id }) => id),
      })),
      [
        { system: "postgres", name: "postgres", arg: undefined, ids: ["ana", "all"] },
        { system: "glean", name: "people", arg: "people", ids: ["ana@example.com"] },
        { system: "postgres", name: "own", arg: { ...own, password: "battery staple" }, ids: ["rui", "staff"] },
      ],
    );
    assert.deepEqual([empty, reads], [false, ["civis:partners"]]);
  });

  it("finds settings where the provider finds them", async () => {
    const { sources, config, empty } = await read(undefined, {
      "roster:connections": { value: '{"postgres":{"password":"s"}}', objectValue: {}, secret: true },
      "access:other": { value: "1", secret: false },
    });
    assert.deepEqual(sources, { environment: { PGHOST: "db" }, config: '{"postgres":{"password":"s"}}' });
    assert.deepEqual([config["access:other"], empty], ["1", true]);
  });

  it("leaves dynamic resources alone that are none of ours", async () => {
    const foreign = { urn: "urn", type: "pulumi-nodejs:dynamic/postgres:User", custom: true, id: "x" };
    const { resources } = await read([{ ...foreign, outputs: { __provider: "exports.handler = () => ({})" } }]);
    assert.deepEqual([resources, connectionsOf(resources)], [[], []]);
  });

  it("says what to do where pulumi does not read the stack, and nothing of its command line", async () => {
    const file = path.join(folder, "none.cjs");
    const pulumi = { command: process.execPath, args: [file] };
    const why = async (said: string, stack?: string): Promise<string> => {
      writeFileSync(file, `console.error(${JSON.stringify(said)}); process.exit(255);`);
      const read = readStack({ cwd: folder, stack, pulumi, environment: {} });
      return read.then(
        () => assert.fail("it was read"),
        (error: unknown) => (error as Error).message,
      );
    };
    const project =
      "error: no Pulumi.yaml project file found (searching upwards from /tmp). If you have not created a project yet, use `pulumi new` to do so: no project file found";
    const passphrase = 'error: could not deserialize deployment: constructing secrets manager of type "passphrase": ';
    for (const [said, stack, answer, remedy] of [
      ["error: no stack named 'prdo' found", "prdo", "no stack named 'prdo' found", /pulumi stack ls .*--stack/],
      ["error: no stack selected; please use `pulumi stack select`", undefined, "no stack selected", /--stack/],
      [project, undefined, "no Pulumi.yaml project file found", /--cwd/],
      [`${passphrase}incorrect passphrase`, "prod", "incorrect passphrase", /PULUMI_CONFIG_PASSPHRASE/],
    ] as const) {
      const [headline, told, advice, ...more] = (await why(`warning: A new version\n${said}`, stack)).split("\n");
      assert.equal(headline, `${stack === undefined ? "the selected stack" : `the stack ${stack}`} cannot be read`);
      assert.equal(told, `  answer:     ${answer}`);
      assert.match(advice ?? "", /^ {2}what to do: /);
      assert.match(advice ?? "", remedy);
      assert.deepEqual(more, []);
    }
    assert.equal(
      await why("warning: w\nerror: out of luck\n  and more"),
      "the selected stack cannot be read: out of luck\n  and more",
    );
    assert.equal(await why("", "prod"), "the stack prod cannot be read: Pulumi ended with code 255");
  });

  it("tells a pulumi that is not there from a folder that is not there", async () => {
    const none = { stack: undefined, pulumi: { command: "/none", args: [] }, environment: {} };
    await assert.rejects(readStack({ cwd: folder, ...none }), /there is no \/none here: install the Pulumi CLI/);
    await assert.rejects(
      readStack({ cwd: path.join(folder, "gone"), ...none }),
      /^Error: \/none could not be run: there is no folder .*gone; --cwd names the folder of Pulumi\.yaml$/,
    );
  });
});
