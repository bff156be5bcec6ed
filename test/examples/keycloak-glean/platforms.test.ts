import assert from "node:assert/strict";
import { commandOf, npmScripts, rosterSyncs, shellLines, tryRoster } from "../commands.js";
import { OPTIONAL_SECRET, SECRETS, kubernetes, page, read, template, type PlatformJob } from "./platforms.js";

const IMAGE = "registry.example.com/keycloak-glean:1";

interface Expected {
  readonly read: () => PlatformJob;
  readonly schedule: string;
  /** How the address of the state begins. */
  readonly state: RegExp;
  /** What a reference to a secret looks like there. */
  readonly reference: RegExp;
}

const PLATFORMS: Readonly<Record<string, Expected>> = {
  Kubernetes: {
    read: kubernetes,
    schedule: "0 2 * * *",
    state: /^s3:\/\//,
    // In the command that makes the Secret: a variable of the shell, or what openssl makes.
    reference: /^\$[({A-Z]/,
  },
};

for (const [platform, expected] of Object.entries(PLATFORMS)) {
  describe(`the job of examples/keycloak-glean on ${platform}`, () => {
    const job = expected.read();

    it("has every variable of env.template, and no other", () => {
      const wanted = Object.keys(template()).filter((name) => name !== OPTIONAL_SECRET);
      assert.deepEqual([...Object.keys(job.settings), ...Object.keys(job.secrets)].sort(), wanted.sort());
    });

    it("takes the secrets from the platform's store, and holds none", () => {
      assert.deepEqual(Object.keys(job.secrets).sort(), [...SECRETS].sort());
      for (const [name, reference] of Object.entries(job.secrets))
        assert.match(String(reference), expected.reference, name);
    });

    it("says what env.template says where that is not somebody's own", () => {
      const { PULUMI_BACKEND_URL: _state, ...own } = job.settings;
      const same = template();
      assert.deepEqual(
        own,
        Object.fromEntries(Object.keys(own).map((name) => [name, same[name]])),
        "a setting is another one than in env.template",
      );
    });

    it("keeps its state outside of the container", () => {
      assert.match(job.settings["PULUMI_BACKEND_URL"] ?? "", expected.state);
    });

    it("runs the same image daily at 2 by UTC", () => {
      assert.equal(job.image, IMAGE);
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

  it("in its page are there", () => {
    const syncs = rosterSyncs(page());
    assert.ok(syncs.length >= 1, syncs.join());
    for (const words of syncs) tryRoster(words);
    for (const line of shellLines(page())) {
      const [, script] = /^npm run (\S+)/.exec(line) ?? [];
      if (script !== undefined) assert.ok(npmScripts()[script], script);
    }
  });
});
