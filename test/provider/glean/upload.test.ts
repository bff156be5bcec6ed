import assert from "node:assert/strict";
import { handOver } from "../../../provider/glean/handover.js";
import { resources } from "../../../provider/glean/index.js";
import type { Properties, Resource } from "../../../provider/core/resource.js";
import { startGlean, type Glean, type GleanOptions } from "../../sandbox/glean/index.js";
import { people } from "../../sandbox/glean/people.js";
import { failure, run, type Run } from "./scene.js";

const Upload = resources["DirectoryUpload"] as Resource;

/** The inputs of an upload of so many people. */
async function inputs(count: number, more: Properties = {}, teams: readonly object[] = []): Promise<Properties> {
  const handed = await handOver({ people: people(count), teams, shards: 3 });
  return {
    directory: "everybody",
    digest: handed.list.digest,
    people: handed.people,
    teams: handed.teams,
    withTeams: teams.length > 0,
    complete: true,
    __handover: handed.list,
    ...more,
  };
}

async function upload(host: Run, news: Properties, olds?: Properties): Promise<Properties> {
  const checked = await Upload.check(host, olds ?? {}, news);
  assert.deepEqual(checked.failures, []);
  if (olds === undefined) return (await Upload.create(host, checked.inputs)).outs;
  return (await Upload.update(host, "everybody/upload", olds, checked.inputs)).outs;
}

async function sandbox(act: (glean: Glean) => Promise<void>, options: GleanOptions = {}): Promise<void> {
  const glean = await startGlean({ limits: undefined, ...options });
  try {
    await act(glean);
  } finally {
    await glean.close();
  }
}

const LIMITED = { overallTimeout: "2" };

describe("glean.DirectoryUpload", () => {
  it("sends everybody in pages of one upload, and then the teams in another", () =>
    sandbox(async (glean) => {
      await upload(run(glean), await inputs(600, {}, [{ teamId: "t", name: "T", members: [] }]));
      assert.equal(glean.people.size, 600);
      assert.equal(glean.teams.size, 1);
      const flags = glean.calls.map(({ path, body }) => {
        const { isFirstPage = false, isLastPage = false, uploadId, ...rest } = body as Record<string, unknown>;
        assert.equal(rest["disableStaleDataDeletionCheck"], undefined);
        assert.match(String(uploadId), /^roster-[0-9a-f]{18}-(employees|teams)$/);
        return [path.split("/").at(-1), isFirstPage, isLastPage];
      });
      assert.deepEqual(flags, [
        ["bulkindexemployees", true, false],
        ["bulkindexemployees", false, false],
        ["bulkindexemployees", false, true],
        ["bulkindexteams", true, true],
      ]);
    }));

  it("leaves the teams of others alone where the program has none", () =>
    sandbox(async (glean) => {
      glean.teams.set("theirs", { record: { id: "theirs" } });
      await upload(run(glean), await inputs(3));
      assert.equal(glean.teams.size, 1);
    }));

  it("is finished though the answer to any of its pages is lost, before or after it was taken", async () => {
    for (const failed of ["cut", "cutAfterActing"] as const) {
      for (const page of [1, 2, 3]) {
        await sandbox(async (glean) => {
          glean.fault({ from: page, times: 1, failure: failed });
          await upload(run(glean), await inputs(600));
          assert.equal(glean.people.size, 600, `${failed} at page ${String(page)}`);
          assert.equal(glean.uploads.open, false);
        });
      }
      await sandbox(async (glean) => {
        glean.fault({ times: 1, failure: failed });
        await upload(run(glean), await inputs(3));
        assert.equal(glean.people.size, 3, `${failed} at the only page`);
      });
    }
  });

  it("goes on where it stopped", () =>
    sandbox(async (glean) => {
      const news = await inputs(600);
      const end = glean.fault({ from: 3, failure: { answer: { status: 400, body: { error: "not now" } } } });
      const error = await failure(upload(run(glean), news));
      assert.ok(error.properties !== undefined);
      assert.equal(glean.people.size, 0, "nobody before the last page");
      end();
      glean.calls.length = 0;
      const outs = await upload(run(glean), news, error.properties);
      assert.equal(glean.calls.length, 1);
      assert.equal(glean.people.size, 600);
      assert.equal(outs["upload"], undefined);
    }));

  it("throws an upload of its own away where it is to be another one by now, or where that is asked for", () =>
    sandbox(async (glean) => {
      const end = glean.fault({ from: 3, failure: { answer: { status: 400 } } });
      const error = await failure(upload(run(glean), await inputs(600)));
      end();
      await upload(run(glean), await inputs(601), error.properties);
      assert.equal(glean.people.size, 601);
      assert.equal(glean.uploads.restarted, 1);
    }));

  it("does not touch an upload that it does not know, unless told to", () =>
    sandbox(async (glean) => {
      glean.uploads.take("bulkindexemployees", { uploadId: "theirs", isFirstPage: true }, new Map(), {
        all: glean.people,
        checked: true,
      });
      const error = await failure(upload(run(glean), await inputs(3)));
      assert.match(error.message, /another bulk upload is not finished[\s\S]*interruptedUpload: "restart"/);
      assert.equal(error.properties, undefined);
      await upload(run(glean), await inputs(3, { interruptedUpload: "restart" }));
      assert.equal(glean.people.size, 3);
    }));

  it("names the setting where Glean has no bulk upload any more", async () => {
    for (const bulkGone of [404, 410] as const) {
      await sandbox(
        async (glean) => {
          const error = await failure(upload(run(glean), await inputs(3)));
          assert.match(error.message, /no bulk upload of people[\s\S]*mode: "individual"[\s\S]*GLEAN_USE_BULK_INDEX/);
        },
        { bulkGone },
      );
    }
  });

  it("is refused for a source that was not read to its end: Glean would delete the rest", () =>
    sandbox(async (glean) => {
      const { failures } = await Upload.check(run(glean), {}, await inputs(3, { complete: false }));
      assert.match(failures[0]?.reason ?? "", /not read to its end, and Glean would delete/);
    }));

  it("gives up on a service that is down, and says so", () =>
    sandbox(async (glean) => {
      glean.fault({ failure: { answer: { status: 503 } } });
      const host = run(glean, { ROSTER_GLEAN_OVERALL_TIMEOUT: LIMITED.overallTimeout });
      assert.match((await failure(upload(host, await inputs(3)))).message, /failed[\s\S]*503/);
    })).timeout(30_000);
});
