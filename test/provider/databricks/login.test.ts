import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { parseProfiles } from "../../../provider/databricks/profiles.js";
import { ORDERS, grant, scene } from "./scene.js";

const PROGRAM = { ana: grant("ana@example.com", ["SELECT"]) };

describe("logging in to Databricks", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "roster-databrickscfg-"));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function file(text: string): string {
    const name = path.join(folder, "databrickscfg");
    writeFileSync(name, text);
    return name;
  }

  it("goes with the secret of a service principal, once for a run, and again after a 401", () =>
    scene(async ({ workspace, metastore, stack }) => {
      metastore.setOwner(ORDERS, workspace.client.id);
      const env = {
        DATABRICKS_TOKEN: undefined,
        DATABRICKS_CLIENT_ID: workspace.client.id,
        DATABRICKS_CLIENT_SECRET: workspace.client.secret,
      };
      await stack.succeed(PROGRAM, { env });
      const asked = (): number => workspace.calls.filter((call) => call.path === "/oidc/v1/token").length;
      assert.equal(asked(), 1);
      workspace.fault({
        when: (call) => {
          if (call.method === "PATCH" && asked() === 2) workspace.endTokens();
          return false;
        },
        failure: "cut",
      });
      await stack.succeed({ ana: grant("ana@example.com", ["SELECT", "MODIFY"]) }, { env });
      assert.equal(asked(), 3);
      assert.deepEqual(metastore.direct(ORDERS), { "ana@example.com": ["MODIFY", "SELECT"] });
    }));

  it("renews a token before it ends", () =>
    scene(
      async ({ workspace, metastore, stack }) => {
        metastore.setOwner(ORDERS, workspace.client.id);
        const env = {
          DATABRICKS_TOKEN: undefined,
          DATABRICKS_CLIENT_ID: workspace.client.id,
          DATABRICKS_CLIENT_SECRET: workspace.client.secret,
        };
        await stack.succeed(PROGRAM, { env });
        // A token of no seconds is over before the next request, and none is sent twice.
        const used = workspace.calls.map(({ headers, path: asked }) => [asked, headers["authorization"]] as const);
        const tokens = used.filter(([asked]) => asked !== "/oidc/v1/token").map(([, token]) => token);
        assert.equal(new Set(tokens).size, tokens.length);
      },
      { tokenSeconds: 0 },
    ));

  it("takes a profile of .databrickscfg, which gives what nothing else gives", () =>
    scene(async ({ workspace, metastore, stack }) => {
      const text = `; of the team\n[DEFAULT]\nhost = https://nowhere.invalid\n\n[prod]\nhost  = ${workspace.url}/\ntoken = ${workspace.token}\n`;
      const env = {
        DATABRICKS_HOST: undefined,
        DATABRICKS_TOKEN: undefined,
        DATABRICKS_CONFIG_FILE: file(text),
        DATABRICKS_CONFIG_PROFILE: "prod",
      };
      await stack.succeed(PROGRAM, { env });
      assert.deepEqual(metastore.direct(ORDERS), { "ana@example.com": ["SELECT"] });
      const { errors } = await stack.up(
        { ana: grant("ana@example.com", ["MODIFY"]) },
        { env: { ...env, DATABRICKS_CONFIG_PROFILE: "test" } },
      );
      assert.match(String(errors[0]?.message), /has no profile "test"[^]*"DEFAULT", "prod"/);
    }));

  it("does not go to a DEFAULT profile that nobody named", () =>
    scene(async ({ stack }) => {
      const env = {
        DATABRICKS_HOST: undefined,
        DATABRICKS_TOKEN: undefined,
        DATABRICKS_CONFIG_FILE: file("[DEFAULT]\nhost = x\n"),
      };
      const { errors } = await stack.up(PROGRAM, { env });
      assert.match(String(errors[0]?.message), /connection databricks has no url[^]*DATABRICKS_HOST/);
    }));

  it("names what a profile logs in with where that is no token and no client", () =>
    scene(async ({ workspace, stack }) => {
      const env = {
        DATABRICKS_TOKEN: undefined,
        DATABRICKS_CONFIG_FILE: file(`[cli]\nhost = ${workspace.url}\nauth_type = databricks-cli\n`),
        DATABRICKS_CONFIG_PROFILE: "cli",
      };
      const { errors } = await stack.up(PROGRAM, { env });
      assert.match(String(errors[0]?.message), /neither a token nor a client_id[^]*databricks-cli[^]*tokenCommand/);
    }));

  it("refuses a wrong token with where it came from, and shows it nowhere", () =>
    scene(async ({ stack }) => {
      const { errors } = await stack.up(PROGRAM, { env: { DATABRICKS_TOKEN: "dapi-wrong-secret-token" } });
      const text = String(errors[0]?.message);
      assert.match(text, /refuses the token[^]*environment variable DATABRICKS_TOKEN/);
      assert.doesNotMatch(text, /dapi-wrong/);
    }));
});

describe("parseProfiles", () => {
  it("gives back what was written, whatever stands in a value", () => {
    const name = fc.stringMatching(/^[A-Za-z0-9_.-]{1,12}$/);
    const key = fc.stringMatching(/^[a-z_]{1,12}$/);
    const PLAIN = { noNullPrototype: true };
    const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
    fc.assert(
      fc.property(fc.dictionary(name, fc.dictionary(key, value, PLAIN), PLAIN), (profiles) => {
        const text = Object.entries(profiles)
          .map(([profile, settings]) => {
            const lines = Object.entries(settings).map(([setting, given]) => `${setting} = ${given}`);
            return [`[${profile}]`, "# a remark = none", ...lines].join("\n");
          })
          .join("\n\n");
        const read = [...parseProfiles(text)].map(([profile, settings]) => [profile, Object.fromEntries(settings)]);
        assert.deepEqual(Object.fromEntries(read), profiles);
      }),
    );
  });
});
