import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { REPOSITORY } from "../../repository.js";
import { readYaml, refusals, strangers, type Manifest } from "../manifests.js";

const run = promisify(execFile);
const LINTER = path.join(REPOSITORY, "node_modules", "gitlab-ci-local", "src", "index.js");
const ci = (...names: string[]): string => path.join(REPOSITORY, "examples", "ci", ...names);

describe("the template for GitLab CI", () => {
  let folder: string;
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "roster-gitlab-"));
    cpSync(ci("gitlab"), folder, { recursive: true });
    await run("git", ["init", "--quiet", "--initial-branch", "main"], { cwd: folder });
    await run("git", ["remote", "add", "origin", "git@gitlab.example.com:acme/access.git"], { cwd: folder });
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Holds the file against GitLab's own schema; gives what is found, or the jobs of a pipeline. */
  const lint = async (): Promise<string> => {
    const { stdout, stderr } = await run(process.execPath, [LINTER, "--list-all"], { cwd: folder }).catch(
      (error: unknown) => error as { stdout: string; stderr: string },
    );
    return stdout + stderr;
  };

  it("is as GitLab's schema says", async () => {
    const said = await lint();
    assert.match(said, /json schema validated/);
    for (const job of ["plan", "up", "drift"]) assert.match(said, new RegExp(`^${job} +access`, "m"));
  }).timeout(60_000);

  it("with a mistake is found", async () => {
    const file = path.join(folder, ".gitlab-ci.yml");
    writeFileSync(file, readFileSync(file, "utf8").replace("expire_in: 30 days", "expires_in: 30 days"));
    assert.match(await lint(), /expires_in/);
  }).timeout(60_000);
});

describe("the template for the Pulumi Kubernetes Operator", () => {
  const settings = readYaml<Manifest>(ci("operator", "settings.yaml"));
  const [stack] = readYaml<Manifest>(ci("operator", "stack.yaml"));

  it("has manifests that Kubernetes takes", () => {
    assert.deepEqual([...refusals(settings), ...strangers(settings)], []);
  });

  it("has a Stack whose pod is one, and that mounts the plan that it is held to", () => {
    const { workspaceTemplate, ...spec } = stack?.["spec"] as {
      serviceAccountName: string;
      workspaceTemplate: {
        spec: {
          env: { name: string; value: string }[];
          envFrom: { configMapRef: { name: string } }[];
          podTemplate: { spec: { containers: { volumeMounts: { name: string; mountPath: string }[] }[] } };
        };
      };
    };
    const { env, envFrom, podTemplate } = workspaceTemplate.spec;
    const pod: Manifest = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "workspace" },
      spec: {
        ...podTemplate.spec,
        containers: podTemplate.spec.containers.map((each) => ({ ...each, image: "pulumi", env, envFrom })),
      },
    };
    assert.deepEqual([...refusals([pod]), ...strangers([pod])], []);
    const plan = env.find(({ name }) => name === "ROSTER_APPROVED_PLAN")?.value ?? "";
    const [mount] = podTemplate.spec.containers[0]?.volumeMounts ?? [];
    assert.equal(path.posix.dirname(plan), mount?.mountPath);
    const named = (kind: string): string[] =>
      settings.filter((each) => each.kind === kind).map(({ metadata }) => metadata.name);
    assert.deepEqual(named("ServiceAccount"), [spec.serviceAccountName]);
    assert.deepEqual(
      named("ConfigMap"),
      envFrom.map(({ configMapRef }) => configMapRef.name),
    );
  });
});
