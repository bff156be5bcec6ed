import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { NEVER_AGAIN, patched, readYaml, refusals, strangers, type Addition, type Manifest } from "../manifests.js";
import { FOLDER, read } from "./files.js";

interface Pod {
  readonly securityContext: object;
  readonly automountServiceAccountToken: boolean;
  readonly serviceAccountName: string;
  readonly containers: readonly {
    readonly name: string;
    readonly securityContext: object;
    readonly resources: object;
  }[];
}

interface CronJob extends Manifest {
  readonly spec: {
    readonly concurrencyPolicy: string;
    readonly jobTemplate: {
      readonly spec: {
        readonly template: { readonly spec: Pod };
        readonly podFailurePolicy: {
          readonly rules: readonly { readonly action: string; readonly onExitCodes?: { readonly values: number[] } }[];
        };
      };
    };
  };
}

interface Component {
  readonly resources: readonly string[];
  readonly components?: readonly string[];
  readonly configMapGenerator?: readonly { readonly literals: readonly string[] }[];
  readonly patches?: readonly { readonly target: { readonly kind: string }; readonly patch: string }[];
}

const manifests = ["cronjob", "service-account", "volume/claim"].flatMap((name) =>
  readYaml<Manifest>(path.join(FOLDER, `kubernetes/${name}.yaml`)),
);
const [cronJob, account] = manifests as [CronJob, Manifest];
const template = cronJob.spec.jobTemplate.spec;
const pod = template.template.spec;
const component = parse(read("kubernetes/volume/kustomization.yaml")) as Component;

describe("the manifests of examples/keycloak-glean", function () {
  this.timeout(60_000);

  it("are all of what is in the folder, as Kubernetes' schemas want them, without a field that it does not know", () => {
    const files = readdirSync(path.join(FOLDER, "kubernetes"), { recursive: true, encoding: "utf8" });
    const own = files.filter((name) => name.endsWith(".yaml") && !name.endsWith("kustomization.yaml"));
    assert.equal(own.length, manifests.length);
    assert.deepEqual(refusals(manifests), []);
    // With the volume, which the component adds.
    const added = component.patches?.flatMap(({ patch }) => parse(patch) as Addition[]) ?? [];
    assert.equal(added.length, 2);
    assert.deepEqual(strangers([...manifests, patched(cronJob, added)]), []);
    assert.deepEqual(refusals([patched(cronJob, added)]), []);
  });

  it("name files that are there", () => {
    const { resources, components = [] } = parse(read("kustomization.yaml")) as Component;
    for (const name of [...resources, ...components]) assert.ok(existsSync(path.join(FOLDER, name)), name);
    const [, volume = ""] = /^# {3}- (\S+)$/m.exec(read("kustomization.yaml")) ?? [];
    for (const name of component.resources) assert.ok(existsSync(path.join(FOLDER, volume, name)), name);
    assert.deepEqual(component.configMapGenerator?.[0]?.literals, ["PULUMI_BACKEND_URL=file:///state"]);
  });

  it("run one job at a time, without root, rights, or a file system to write to", () => {
    assert.equal(cronJob.spec.concurrencyPolicy, "Forbid");
    assert.deepEqual([pod.serviceAccountName, pod.automountServiceAccountToken], [account.metadata.name, false]);
    assert.deepEqual(pod.securityContext, {
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 1000,
      seccompProfile: { type: "RuntimeDefault" },
    });
    const [container] = pod.containers;
    assert.deepEqual(container?.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    assert.deepEqual(Object.keys(container.resources), ["requests", "limits"]);
    assert.ok(!manifests.some(({ kind }) => kind === "Secret" || kind.includes("Role")));
  });

  it("try again what may be better next time, and nothing else", () => {
    const [fails] = template.podFailurePolicy.rules;
    assert.equal(fails?.action, "FailJob");
    assert.deepEqual(fails.onExitCodes?.values, NEVER_AGAIN);
  });
});
