import assert from "node:assert/strict";
import { brokenIn, commandOf, tryRoster } from "../commands.js";
import { read } from "./files.js";
import { OPTIONAL_SECRET, SECRETS, azure, ecs, google, kubernetes, template, type PlatformJob } from "./platforms.js";

interface Expected {
  readonly read: () => PlatformJob;
  readonly schedule: string;
  /** How the address of the state begins. */
  readonly state: RegExp;
  /** What a reference to a secret looks like there. */
  readonly reference: RegExp;
  /** Where a variable without a value is refused, and so left out. */
  readonly noEmpty?: true;
  /** What only this platform needs. */
  readonly own?: readonly string[];
}

const PLATFORMS: Readonly<Record<string, Expected>> = {
  Kubernetes: {
    read: kubernetes,
    schedule: "0 2 * * *",
    state: /^s3:\/\//,
    // In the command that makes the Secret: a variable of the shell, or what openssl makes.
    reference: /^\$[({A-Z]/,
  },
  "AWS ECS": {
    read: ecs,
    schedule: "cron(0 2 * * ? *)",
    state: /^s3:\/\/\$\{State\}\//,
    reference: /^\$\{Secret\}:[A-Z_]+::$/,
  },
  "Google Cloud Run": {
    read: google,
    schedule: "0 2 * * *",
    state: /^gs:\/\//,
    reference: /^people-exporter-[a-z-]+\/latest$/,
  },
  "Azure Container Instances": {
    read: azure,
    schedule: "1 Day at 2:0",
    state: /^\[concat\('azblob:\/\/state\/[^']*storage_account=', parameters\('storageAccount'\)\)\]$/,
    reference: /^securestring .*\/Microsoft\.KeyVault\/vaults\/[a-z-]+\/[a-z-]+$/,
    noEmpty: true,
    own: ["AZURE_CLIENT_ID"],
  },
};

for (const [platform, expected] of Object.entries(PLATFORMS)) {
  describe(`the job of examples/keycloak-glean on ${platform}`, () => {
    const { noEmpty = false, own = [] } = expected;
    const job = expected.read();

    it("has every variable of env.template, and no other", () => {
      const all = Object.entries(template()).filter(([name]) => name !== OPTIONAL_SECRET);
      const wanted = all.filter(([name, value]) => !noEmpty || value !== "" || SECRETS.includes(name));
      assert.deepEqual(
        [...Object.keys(job.settings), ...Object.keys(job.secrets)].sort(),
        [...wanted.map(([name]) => name), ...own].sort(),
      );
    });

    it("takes the secrets from the platform's store, and holds none", () => {
      assert.deepEqual(Object.keys(job.secrets).sort(), [...SECRETS].sort());
      for (const [name, reference] of Object.entries(job.secrets))
        assert.match(String(reference), expected.reference, name);
    });

    it("says what env.template says where that is not somebody's own", () => {
      const wanted = template();
      for (const [name, value] of Object.entries(job.settings))
        if (name !== "PULUMI_BACKEND_URL" && !own.includes(name)) assert.equal(value, wanted[name], name);
    });

    it("keeps its state outside of the container", () => {
      assert.match(job.settings["PULUMI_BACKEND_URL"] ?? "", expected.state);
    });

    it("runs the same image daily at 2 by UTC", () => {
      assert.match(job.image, /\/keycloak-glean:1(?:'\)\])?$/);
      assert.equal(job.schedule, expected.schedule);
      assert.match(String(job.timeZone), /^(Etc\/)?UTC$/);
    });

    it("runs what the image runs", () => {
      const inImage = commandOf(read("Dockerfile"));
      assert.deepEqual(job.command ?? inImage, inImage);
    });
  });
}

describe("the commands of examples/keycloak-glean", () => {
  it("in the image are some that roster knows", () => {
    const [program, ...words] = commandOf(read("Dockerfile"));
    assert.equal(program, "roster");
    assert.match(tryRoster(words), /stack select prod --create [^]*up --yes --skip-preview --stack prod/);
  });

  it("in its page are there, and what it links to", () => {
    assert.deepEqual(brokenIn("keycloak-glean.md"), []);
  });
});
