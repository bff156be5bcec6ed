import * as assert from "node:assert/strict";
import { Crypter } from "./secrets";
import {
  encrypted,
  loadResource,
  newManifest,
  shown,
  storeResource,
  verifyDeployment,
  type Deployment,
  type ResourceState,
} from "./state";
import { makeSecret } from "./values";

const urn = (type: string, name: string): string => `urn:pulumi:dev::project::${type}::${name}`;
const stackUrn = urn("pulumi:pulumi:Stack", "project-dev");
const providerUrn = urn("pulumi:providers:pulumi-nodejs", "default");

const stack: ResourceState = { urn: stackUrn, custom: false, type: "pulumi:pulumi:Stack" };
const provider: ResourceState = { urn: providerUrn, custom: true, id: "p", type: "pulumi:providers:pulumi-nodejs" };

function thing(name: string, more: Partial<ResourceState> = {}): ResourceState {
  const type = "pulumi-nodejs:dynamic/x:Thing";
  return {
    urn: urn(type, name),
    custom: true,
    id: name,
    type,
    provider: `${providerUrn}::p`,
    parent: stackUrn,
    ...more,
  };
}

function deployment(...resources: ResourceState[]): Deployment {
  return { manifest: newManifest(), resources };
}

describe("the engine's check of a state", () => {
  const a = thing("a");
  const accepted: [string, Deployment][] = [
    ["a whole one", deployment(stack, provider, a, thing("b", { dependencies: [a.urn] }))],
    ["one without magic and version", { ...deployment(stack), manifest: { time: "" } }],
    ["a resource beside the one that it replaces", deployment(stack, provider, a, { ...a, delete: true })],
  ];
  for (const [what, state] of accepted) {
    it(`takes ${what}`, () => verifyDeployment(state));
  }

  const secret = {
    inputs: { x: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1" } },
  };
  const wrong = (key: keyof ResourceState, value: unknown): ResourceState => ({ ...a, [key]: value });
  const refused: [string, RegExp, Deployment][] = [
    ["magic of another version", /magic/, { ...deployment(stack), manifest: { time: "", magic: "no", version: "v1" } }],
    ["secrets that nothing decrypts", /secrets_providers/, deployment(stack, provider, thing("a", secret))],
    ["a resource without its provider", /unknown provider/, deployment(stack, a)],
    ["a provider after its resource", /unknown provider/, deployment(stack, a, provider)],
    ["a child before its parent", /parent/, deployment(provider, a, stack)],
    ["a missing dependency", /dependency/, deployment(stack, provider, thing("b", { dependencies: [a.urn] }))],
    ["a URN that is there twice", /twice/, deployment(stack, provider, a, a)],
    ["a resource without a type", /'type'/, deployment(stack, provider, wrong("type", undefined))],
    [
      "a resource that does not say if it is custom",
      /'custom'/,
      deployment(stack, provider, wrong("custom", undefined)),
    ],
    ["a custom resource without an id", /without an id/, deployment(stack, provider, wrong("id", undefined))],
  ];
  for (const [what, message, state] of refused) {
    it(`refuses ${what}`, () => {
      assert.throws(() => verifyDeployment(state), message);
    });
  }
});

describe("the engine's form of a resource", () => {
  const state = thing("a", {
    inputs: { password: makeSecret({ deep: ["s3cret"] }), name: "a" },
    outputs: {},
    protect: false,
    dependencies: [],
    propertyDependencies: { name: [] },
  });

  it("leaves out what is empty, as the CLI does", () => {
    const { outputs, protect, dependencies, propertyDependencies } = storeResource(state, shown);
    assert.deepEqual([outputs, protect, dependencies], [undefined, undefined, undefined]);
    assert.deepEqual(propertyDependencies, { name: [] });
  });

  it("encrypts secrets as JSON and reads them back", async () => {
    const crypter = await Crypter.create("x");
    const stored = JSON.stringify(storeResource(state, encrypted(crypter)));
    assert.ok(!stored.includes("s3cret"));
    const loaded = loadResource(JSON.parse(stored) as ResourceState, crypter);
    assert.deepEqual(loaded.inputs, state.inputs);
  });

  it("shows secrets only where that is asked for", () => {
    const { inputs } = storeResource(state, shown) as { inputs: Record<string, object> };
    assert.deepEqual(inputs["password"], {
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      plaintext: '{"deep":["s3cret"]}',
    });
  });
});
