import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ApprovedChange, ApprovedPlan } from "../../../provider/core/approvedPlan.js";
import { RosterError } from "../../../provider/core/errors.js";
import type { Host, Properties, Resource } from "../../../provider/core/resource.js";
import { reviewed, reviewing } from "../../../provider/core/reviewed.js";
import type { ReviewLine } from "../../../provider/core/review.js";
import { UNKNOWN } from "../../../provider/core/unknown.js";
import { Aviary, aviaryResources, create, failure, newHost, runsOf, update } from "./aviary.js";

describe("approved plans", () => {
  let folder: string;
  let file: string;
  let aviary: Aviary;
  let nest: Resource;
  let flock: Resource;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "roster-approval-"));
    file = path.join(folder, "plan.json");
    aviary = new Aviary();
    const resources = aviaryResources({ one: aviary, two: new Aviary() });
    [nest, flock] = [reviewed(resources.nest), reviewed(resources.flock)];
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** A run as roster plan has it, as the variables and the config say. */
  const runWith = (environment: Record<string, string>, config: Record<string, string> = {}): Host =>
    reviewing(newHost({ environment: { AVIARYHOST: "one", ...environment } }), { get: (key) => config[key] });
  const lines = (): ReviewLine[] =>
    readFileSync(path.join(folder, "review"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as ReviewLine);

  /** What a preview for review takes down of a resource, as the file of an approved plan. */
  async function approve(resource: Resource, olds: Properties, args: Properties): Promise<void> {
    const run = runWith({ ROSTER_REVIEW: path.join(folder, "review") });
    const { inputs, failures } = await resource.check(run, olds, { ...args, __dryRun: true });
    assert.deepEqual(failures, []);
    assert.equal(typeof inputs["reviewed"], "string");
    writePlan({ ...(lines().at(-1) as ReviewLine & { plan: string[] }), urn: "urn", operation: "create" } as never);
  }

  function writePlan(change: ApprovedChange, values: Partial<ApprovedPlan> = {}): void {
    const { resource, connection, id, urn, operation, plan } = change;
    const changes = [{ resource, connection, id, urn, operation, plan }];
    const whole = { version: 1, stack: "dev", approvable: true, problems: [], changes, deletes: [], others: {} };
    writeFileSync(file, JSON.stringify({ ...whole, ...values }));
  }

  const held = (): Host => runWith({}, { "roster:approvedPlan": file });

  it("let what was reviewed run, secrets with another salt and all", async () => {
    const args = { name: "oak", size: 3, token: "a-secret-token" };
    await approve(nest, {}, args);
    assert.doesNotMatch(readFileSync(file, "utf8"), /a-secret-token/);
    await create(held(), nest, args);
    assert.deepEqual(runsOf(aviary), ['build oak {"size":3} token $TOKEN']);
  });

  it("refuse what was changed by hand in between before the first statement, and say where it differs", async () => {
    aviary.live.nests.set("oak", { size: 1 });
    await approve(flock, {}, { nest: "oak", birds: "owl\ntit\n" });
    aviary.live.birds.set("oak", new Set(["cuckoo"]));
    const { message, headline } = await failure(create(held(), flock, { nest: "oak", birds: "owl\ntit\n" }));
    assert.equal(
      headline,
      'aviary.Flock "oak": what it would run is not what was reviewed, and nothing of it was done',
    );
    assert.match(message, /statement 1 \(2 were reviewed, and it is 3 now\)\n +reviewed: seat owl in oak/);
    assert.match(message, /now: +unseat cuckoo in oak\n/);
    assert.match(message, /what to do: .*roster plan/);
    assert.deepEqual(aviary.runs, []);
  });

  it("refuse where the program says something else now", async () => {
    await approve(nest, {}, { name: "oak", size: 3 });
    const { message } = await failure(create(held(), nest, { name: "oak", size: 4 }));
    assert.match(message, /reviewed: build oak \{"size":3\}\n +now: +build oak \{"size":4\}/);
    assert.deepEqual(aviary.runs, []);
  });

  it("refuse a resource that is not in the plan, with what it would run", async () => {
    await approve(nest, {}, { name: "oak" });
    const { message } = await failure(create(held(), nest, { name: "elm" }));
    assert.match(message, /it is not in the approved plan.*\n.*\n +answer: +it would run\n +build elm/);
    const other = await failure(create(held(), nest, { name: "oak", connection: { name: "b", host: "two" } }));
    assert.match(other.message, /not in the approved plan/);
    assert.deepEqual(aviary.runs, []);
  });

  it("refuse a deletion that is not in the plan, and let one that is", async () => {
    aviary.live.nests.set("oak", { size: 1 });
    await approve(nest, {}, { name: "elm" });
    const { message } = await failure(nest.delete(held(), "oak", { name: "oak" }));
    assert.match(message, /not in the approved plan(.|\n)*it would be deleted/);
    assert.match(message, /what to do: In an update: make a new plan with roster plan, and have it reviewed\. /);
    assert.match(message, /A destroy of the stack cannot be planned: pulumi config rm roster:approvedPlan \(/);
    const named = await failure(nest.delete(runWith({ ROSTER_APPROVED_PLAN: file }), "oak", { name: "oak" }));
    assert.match(named.message, /cannot be planned: unset ROSTER_APPROVED_PLAN\.$/);
    const identity = { resource: "aviary.Nest", connection: "aviary", id: "oak", urn: "urn" };
    writePlan({ ...identity, operation: "create", plan: [] }, { changes: [], deletes: [identity] });
    await nest.delete(held(), "oak", { name: "oak" });
    assert.deepEqual(runsOf(aviary), ["fell oak"]);
  });

  it("let a later resource need what an earlier one makes in the same run", async () => {
    const review = path.join(folder, "review");
    const previewing = runWith({ ROSTER_REVIEW: review });
    const all = [
      [nest, { name: "oak" }],
      [flock, { nest: "oak", birds: "owl\n" }],
    ] as const;
    for (const [resource, args] of all) await resource.check(previewing, {}, { ...args, __dryRun: true });
    const changes = lines().map((line) => ({ ...line, urn: "urn", operation: "create", plan: [...(line.plan ?? [])] }));
    writePlan(changes[0] as ApprovedChange, { changes: changes as ApprovedChange[] });
    const run = held();
    for (const [resource, args] of all) await create(run, resource, args);
    assert.deepEqual(runsOf(aviary), ['build oak {"size":1}', "seat owl in oak"]);
  });

  it("keep what came to light in the middle of a run from being done", async () => {
    aviary.live.nests.set("oak", { size: 1 });
    await approve(flock, {}, { nest: "oak", birds: "owl\ntit\n" });
    // A refusal makes the run look again, and then a bird is there that nobody has reviewed.
    aviary.before = (changes) => {
      if (changes.some((change) => "bird" in change && change.bird === "owl")) {
        aviary.live.birds.set("oak", new Set(["cuckoo"]));
        throw new RosterError("it will not sit");
      }
    };
    const { message } = await failure(create(held(), flock, { nest: "oak", birds: "owl\ntit\n" }));
    assert.match(message, /it will not sit/);
    assert.ok(!runsOf(aviary).includes("unseat cuckoo in oak"), runsOf(aviary).join("; "));
  });

  it("say what is not known yet, and that it cannot be approved", async () => {
    const run = runWith({ ROSTER_REVIEW: path.join(folder, "review") });
    await flock.check(run, {}, { nest: "oak", birds: UNKNOWN, __dryRun: true });
    assert.match(String(lines()[0]?.problems?.[0]), /^birds: not known before the update/);
    writePlan(
      { resource: "a", connection: "a", id: "a", urn: "a", operation: "create", plan: [] },
      { approvable: false, problems: ["x"] },
    );
    assert.match((await failure(create(held(), nest, { name: "oak" }))).message, /it cannot be approved: x/);
  });

  it("say that a plan that saw no live system cannot be approved", async () => {
    aviary.down = new RosterError("out for lunch");
    const run = runWith({ ROSTER_REVIEW: path.join(folder, "review") });
    await nest.check(run, {}, { name: "oak", __dryRun: true });
    assert.ok(lines().some(({ problems }) => problems?.[0] === "not compared with the live system: out for lunch"));
  });

  it("refuse a file that is none, with what would do without one", async () => {
    const byConfig = await failure(create(held(), nest, { name: "oak" }));
    assert.match(byConfig.message, /cannot be used \(from Pulumi config roster:approvedPlan\)(.|\n)*ENOENT/);
    assert.match(byConfig.message, /which cannot be planned: pulumi config rm roster:approvedPlan \(/);
    const byVariable = await failure(create(runWith({ ROSTER_APPROVED_PLAN: file }), nest, { name: "oak" }));
    assert.match(byVariable.message, /which cannot be planned: unset ROSTER_APPROVED_PLAN\.$/);
    assert.doesNotMatch(byVariable.message, /pulumi config/);
    writeFileSync(file, "{}");
    assert.match((await failure(create(held(), nest, { name: "oak" }))).message, /cannot be used(.|\n)*version/);
    writeFileSync(file, '{\n  "version": 1,\n}');
    const broken = await failure(create(held(), nest, { name: "oak" }));
    assert.match(broken.message, /answer: +it is not JSON: .*position \d+/);
    assert.deepEqual(aviary.runs, []);
  });

  it("are needed by every update, also where nothing changes, and by no preview and no refresh", async () => {
    const run = held();
    const same = [{ name: "oak" }, { name: "oak" }] as const;
    await assert.rejects(nest.check(run, ...same), /the approved plan .* cannot be used/);
    await nest.check(run, same[0], { ...same[1], __dryRun: true });
    await nest.read(run, "oak", { name: "oak" });
    await nest.check(newHost(), ...same);
    assert.deepEqual(aviary.runs, []);
  });

  it("are named by a variable for one run, which comes before config", async () => {
    await approve(nest, {}, { name: "oak" });
    const run = runWith({ ROSTER_APPROVED_PLAN: file }, { "roster:approvedPlan": "/none" });
    await create(run, nest, { name: "oak" });
    const { outs } = await create(newHost(), nest, { name: "elm" });
    const { message } = await failure(
      update(runWith({ ROSTER_APPROVED_PLAN: file }), nest, outs, { name: "elm", size: 2 }),
    );
    assert.match(message, /not in the approved plan/);
  });
});
