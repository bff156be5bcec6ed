import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { REPOSITORY } from "../../repository.js";
import { NEVER_AGAIN, patched, readYaml, refusals, strangers, type Addition, type Manifest } from "../manifests.js";

const FOLDER = path.join(REPOSITORY, "examples/postgres-users");

interface Patch {
  readonly target?: { readonly kind: string; readonly name: string };
  readonly patch: string;
}

interface Kustomization {
  readonly kind: "Kustomization" | "Component";
  readonly resources?: readonly string[];
  readonly components?: readonly string[];
  readonly configurations?: readonly string[];
  readonly patches?: readonly Patch[];
  readonly configMapGenerator?: readonly {
    readonly name: string;
    readonly behavior?: string;
    readonly files?: readonly string[];
    readonly literals?: readonly string[];
  }[];
}

interface PodSpec {
  readonly containers: readonly Record<string, unknown>[];
  readonly initContainers?: readonly Record<string, unknown>[];
  readonly volumes: readonly Record<string, unknown>[];
  readonly [key: string]: unknown;
}

const files = readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).filter((name) =>
  /^(kustomization|kubernetes\/.*)\.yaml$/.test(name),
);
const isKustomize = (name: string): boolean => /kustomization\.yaml$|names\.yaml$/.test(name);
/** The operator's own kind, which is none of Kubernetes'. */
const isOperators = ({ apiVersion }: Manifest): boolean => apiVersion === "pulumi.com/v1";

const manifests = files
  .filter((name) => !isKustomize(name))
  .flatMap((name) => readYaml<Manifest>(path.join(FOLDER, name)));
const kustomizations = new Map(
  files
    .filter((name) => name.endsWith("kustomization.yaml"))
    .map((name) => [path.dirname(name), readYaml<Kustomization>(path.join(FOLDER, name))[0] as Kustomization]),
);
const settings = (of: Kustomization): string[] =>
  (of.configMapGenerator ?? []).flatMap(({ name, literals = [] }) => (name === "postgres-user-sync" ? literals : []));

function manifest(kind: string, name = "postgres-user-sync"): Manifest {
  const found = manifests.find((each) => each.kind === kind && each.metadata.name === name);
  assert.ok(found, `there is a ${kind} ${name}`);
  return found;
}

function at(value: unknown, ...keys: string[]): unknown {
  return keys.reduce((within, key) => (within as Record<string, unknown>)[key], value);
}

const cronPod = (): PodSpec => at(manifest("CronJob"), "spec", "jobTemplate", "spec", "template", "spec") as PodSpec;
const changePod = (): PodSpec =>
  at(manifest("Deployment", "postgres-user-sync-on-change"), "spec", "template", "spec") as PodSpec;

describe("the manifests of examples/postgres-users", function () {
  this.timeout(60_000);

  it("would be refused if they were not as Kubernetes wants them", () => {
    const wrong = (spec: object): Manifest[] => {
      const copy = structuredClone(manifest("CronJob"));
      Object.assign(copy["spec"] as object, spec);
      return [copy];
    };
    assert.match(refusals(wrong({ schedule: 15 })).join(), /schedule must be string/);
    assert.match(strangers(wrong({ concurencyPolicy: "Forbid" })).join(), /concurencyPolicy/);
  });

  it("are as Kubernetes' schemas want them, and hold no field that it does not know", () => {
    const own = manifests.filter((each) => !isOperators(each));
    assert.ok(own.length >= 4, String(own.length));
    assert.deepEqual(refusals(own), []);
    assert.deepEqual(strangers(own), []);
  });

  for (const [folder, kustomization] of kustomizations) {
    it(`${folder}/kustomization.yaml names what is there, and what it patches is still valid`, () => {
      const {
        resources = [],
        components = [],
        configurations = [],
        configMapGenerator = [],
        patches = [],
      } = kustomization;
      const named = [
        ...resources,
        ...components,
        ...configurations,
        ...configMapGenerator.flatMap(({ files = [] }) => files),
      ];
      for (const name of named) assert.ok(existsSync(path.join(FOLDER, folder, name)), name);
      for (const { target, patch } of patches) {
        const content = parse(patch) as Manifest | Addition[];
        if (Array.isArray(content)) {
          assert.ok(target);
          const result = patched(manifest(target.kind, target.name), content);
          assert.deepEqual([...refusals([result]), ...strangers([result])], []);
        } else {
          assert.equal(manifest(content.kind, content.metadata.name).apiVersion, content.apiVersion);
        }
      }
    });
  }

  it("keep the state in S3, GCS, Azure Blob or a volume, each by one component", () => {
    const states = ["s3", "gcs", "azblob", "volume"].map((name) => {
      const component = kustomizations.get(`kubernetes/state/${name}`);
      assert.equal(component?.kind, "Component");
      return settings(component).find((each) => each.startsWith("PULUMI_BACKEND_URL="));
    });
    const schemes = states.map((each) => /^PULUMI_BACKEND_URL=([a-z0-9]+):\/\//.exec(each ?? "")?.[1]);
    assert.deepEqual(schemes, ["s3", "gs", "azblob", "file"]);
    const [used, ...more] = kustomizations.get(".")?.components ?? [];
    assert.match(used ?? "", /^kubernetes\/state\//);
    assert.deepEqual(more, [], "what else there is, is left to whoever needs it");
  });

  it("try again what may be better next time, and nothing else", () => {
    const [fails] = at(manifest("CronJob"), "spec", "jobTemplate", "spec", "podFailurePolicy", "rules") as unknown[];
    assert.equal(at(fails, "action"), "FailJob");
    assert.deepEqual(at(fails, "onExitCodes", "values"), NEVER_AGAIN);
  });

  it("run every 15 minutes, one at a time, and at once after a change", () => {
    const spec = at(manifest("CronJob"), "spec") as Record<string, unknown>;
    assert.deepEqual([spec["schedule"], spec["concurrencyPolicy"]], ["*/15 * * * *", "Forbid"]);
    const [init] = changePod().initContainers ?? [];
    assert.deepEqual(init, cronPod().containers[0], "both run the same container");
    const shared = ({ containers: _c, initContainers: _i, restartPolicy: _r, ...rest }: PodSpec): unknown => rest;
    assert.deepEqual(shared(changePod()), shared(cronPod()));
    const root = kustomizations.get(".");
    const users = root?.configMapGenerator?.find(({ name }) => name === "postgres-users");
    assert.deepEqual(users?.files, ["users.yaml"], "the digest in its name is what starts a run");
    assert.doesNotMatch(readFileSync(path.join(FOLDER, "kustomization.yaml"), "utf8"), /disableNameSuffixHash/);
  });

  it("give the job no right and no token in Kubernetes, no root, and no file system to write to but /tmp", () => {
    assert.equal(manifest("ServiceAccount")["automountServiceAccountToken"], false);
    for (const pod of [cronPod(), changePod()]) {
      assert.equal(pod["automountServiceAccountToken"], false);
      assert.deepEqual(pod["securityContext"], {
        runAsNonRoot: true,
        runAsUser: 1000,
        runAsGroup: 1000,
        fsGroup: 1000,
        seccompProfile: { type: "RuntimeDefault" },
      });
      for (const container of [...pod.containers, ...(pod.initContainers ?? [])]) {
        assert.deepEqual(container["securityContext"], {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
      }
    }
    const withoutOperator = kustomizations.get(".")?.resources ?? [];
    const granted = withoutOperator.flatMap((name) => readYaml<Manifest>(path.join(FOLDER, name)));
    assert.deepEqual(
      granted.filter(({ kind }) => kind.includes("Role")),
      [],
    );
  });

  it("hold no secret, and mount what the program reads", () => {
    const kinds = manifests.map(({ kind }) => kind);
    assert.ok(!kinds.includes("Secret"), kinds.join());
    const all = [...kustomizations.values()].flatMap(settings);
    assert.deepEqual(
      all.filter((each) => /PASSWORD|PASSPHRASE|TOKEN/.test(each)),
      [],
    );
    const container = cronPod().containers[0] ?? {};
    const env = container["env"] as { name: string; value: string }[];
    const mounts = (container["volumeMounts"] as { name: string; mountPath: string }[]).map(
      ({ mountPath }) => mountPath,
    );
    const program = readFileSync(path.join(FOLDER, "index.ts"), "utf8");
    for (const { name, value } of env) {
      assert.ok(program.includes(`process.env["${name}"]`), name);
      assert.ok(mounts.includes(value), value);
    }
  });

  it("name in the operator's Stack what the rest makes, and a pod that could be", () => {
    const stack = manifest("Stack");
    const workspace = at(stack, "spec", "workspaceTemplate", "spec") as Record<string, unknown>;
    const spec = at(workspace, "podTemplate", "spec") as PodSpec;
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "workspace" },
      spec: {
        ...spec,
        containers: spec.containers.map((each) => ({
          ...each,
          image: workspace["image"],
          env: workspace["env"],
          envFrom: workspace["envFrom"],
        })),
      },
    };
    assert.deepEqual([...refusals([pod]), ...strangers([pod])], []);
    assert.equal(at(stack, "spec", "serviceAccountName"), manifest("ServiceAccount").metadata.name);
    assert.deepEqual(workspace["envFrom"], cronPod().containers[0]?.["envFrom"]);
    assert.equal(at(stack, "spec", "resyncFrequencySeconds"), 900);
    assert.equal(at(stack, "spec", "destroyOnFinalize"), false);
  });
});
