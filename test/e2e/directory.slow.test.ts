import assert from "node:assert/strict";
import { people } from "../sandbox/glean/people.js";
import { directoryScene } from "./directory.js";
import { onEachEngine } from "./scene.js";

const ANA = { source: "1", email: "ana@example.com", department: "Data", firstName: "Ana" };
const RUI = { source: "2", email: "rui@example.com", department: "IT", firstName: "Rui" };
const MEI = { source: "3", email: "mei@example.com", department: "IT", firstName: "Mei" };

onEachEngine("a directory of Glean, more", (engine) => {
  it("lists who cannot be sent, and removes nobody for that, nor for a lost address, nor for a source that is cut", () =>
    directoryScene(engine, async ({ glean, workspace, up }) => {
      await up({ people: [ANA, RUI, MEI] });
      const { text } = await up({
        people: [{ ...ANA, email: "" }, { ...RUI, department: undefined }, { source: "9", firstName: "Zoë" }, MEI],
      });
      assert.match(text, /rui@example.com: department is missing/);
      assert.match(text, /has no e-mail address/);
      assert.match(text, /lost their e-mail address[^"]*"ana@example.com"/);
      const outputs = JSON.parse((await workspace.run(["stack", "output", "--json"])).stdout) as {
        everybody: { skipped: { who: string }[]; people: number };
      };
      assert.deepEqual(outputs.everybody.skipped.map(({ who }) => who).sort(), ["1", "9", "rui@example.com"]);
      assert.equal(glean.people.size, 3);
      await up({ people: [MEI], args: { complete: false } });
      assert.equal(glean.people.size, 3, "the source is not complete");
      await up({ people: [{ ...ANA, email: undefined }, MEI], args: { lostEmail: "remove" } });
      assert.deepEqual([...glean.people.keys()], ["mei@example.com"]);
    }));

  it("keeps 1,000 people where MAX_USERS is 10", () =>
    directoryScene(engine, async ({ glean, workspace, up }) => {
      await up({ people: { count: 1000 } });
      workspace.env["MAX_USERS"] = "10";
      const { text } = await up({ people: { count: 1000 } });
      assert.match(text, /not read to its end, so that nobody is removed \(990 are not in it\)/);
      assert.equal(glean.people.size, 1000);
      delete workspace.env["MAX_USERS"];
      glean.reset();
      await up({ people: { count: 1000 } });
      assert.equal(glean.calls.length, 0, "everybody is still known");
    }));

  it("removes no more than one run may, and nobody for an empty source", () =>
    directoryScene(engine, async ({ glean, workspace, up, declare }) => {
      await up({ people: { count: 100 } });
      declare({ people: { count: 70 } });
      const { text } = await workspace.fails(["up", "--yes", "--skip-preview"]);
      assert.match(text, /would remove 30 of 100 people and teams of the directory/);
      assert.equal(glean.people.size, 100);
      await workspace.run(["config", "set", "roster:maxRemovals", "30"]);
      await workspace.run(["up", "--yes", "--skip-preview"]);
      assert.equal(glean.people.size, 70);
      await workspace.run(["config", "rm", "roster:maxRemovals"]);
      await up({ people: [...people(70)].slice(0, 62) });
      assert.equal(glean.people.size, 62);
    }));

  it("of three people is not emptied by an empty source", () =>
    directoryScene(engine, async ({ glean, workspace, up, declare }) => {
      await up({ people: [ANA, RUI, MEI] });
      declare({ people: [] });
      const { text } = await workspace.fails(["up", "--yes", "--skip-preview"]);
      assert.match(text, /the source is empty, and this run would remove everybody/);
      assert.equal(glean.people.size, 3);
    }));

  it("keeps what succeeded, says who failed and why, and sends only those next time", () =>
    directoryScene(engine, async ({ glean, workspace, declare }) => {
      const end = glean.fault({
        when: ({ text }) => text.includes("rui@example.com"),
        failure: { answer: { status: 400, body: { error: "no such department" } } },
      });
      declare({ people: [ANA, RUI, MEI], args: { shards: 1 } });
      const { text } = await workspace.fails(["up", "--yes", "--skip-preview"]);
      assert.match(text, /1 of 3 could not be sent[\s\S]*rui@example.com[\s\S]*no such department/);
      assert.equal(glean.people.size, 2);
      end();
      glean.reset();
      await workspace.run(["up", "--yes", "--skip-preview"]);
      assert.deepEqual(glean.requests(), ["POST /api/index/v1/indexemployee"]);
      assert.equal(glean.people.size, 3);
      // A removal that fails is not forgotten, and does not keep the others from being sent.
      const stop = glean.fault({
        when: ({ path }) => path.endsWith("/deleteemployee"),
        failure: { answer: { status: 400, body: { error: "not today" } } },
      });
      declare({ people: [ANA, { ...RUI, title: "Admin" }], args: { shards: 1 } });
      const again = await workspace.fails(["up", "--yes", "--skip-preview"]);
      assert.match(again.text, /1 could not be deleted[\s\S]*mei@example.com[\s\S]*not today/);
      assert.equal(glean.people.get("rui@example.com")?.record["title"], "Admin");
      stop();
      glean.reset();
      await workspace.run(["up", "--yes", "--skip-preview"]);
      assert.deepEqual(glean.requests(), ["POST /api/index/v1/deleteemployee"]);
      await workspace.run(["preview", "--expect-no-changes"]);
    }));

  it("keeps its people when it is called otherwise, and when somebody moves out of it", () =>
    directoryScene(engine, async ({ glean, up }) => {
      await up({ people: [ANA, RUI, MEI] });
      await up({ name: "company", people: [ANA, RUI, MEI] });
      assert.equal(glean.people.size, 3);
      const { source: _source, ...single } = MEI;
      await up({ name: "company", people: [ANA, RUI], singles: [single] });
      assert.equal(glean.people.size, 3);
    }));

  it("refuses somebody who is declared twice", () =>
    directoryScene(engine, async ({ workspace, glean, declare }) => {
      declare({ people: [ANA, RUI] }, { name: "other", people: [{ ...RUI, title: "Admin" }] });
      const { text } = await workspace.fails(["up", "--yes", "--skip-preview"]);
      assert.match(text, /the person "rui@example.com" is declared by the glean.Directory/);
      declare({ people: [ANA, RUI] });
      await workspace.run(["up", "--yes", "--skip-preview"]);
      assert.equal(glean.people.size, 2);
    }));

  it("finds with the Client API what somebody changed or deleted by hand, and sends that again", () =>
    directoryScene(
      engine,
      async ({ glean, workspace, up }) => {
        await up({ people: [ANA, RUI, MEI] });
        await workspace.run(["preview", "--expect-no-changes"]);
        glean.people.delete("mei@example.com");
        glean.people.set("ana@example.com", { record: { ...ANA, department: "Sales" } });
        const { text } = await workspace.fails(["preview", "--diff", "--expect-no-changes", "--show-full-output"]);
        assert.match(text, /ana@example.com: Glean shows another department/);
        assert.match(text, /mei@example.com: Glean does not have it/);
        await workspace.run(["up", "--yes", "--skip-preview"]);
        assert.equal(glean.people.get("ana@example.com")?.record["department"], "Data");
        assert.equal(glean.people.size, 3);
        await workspace.run(["preview", "--expect-no-changes"]);
      },
      { env: { GLEAN_CLIENT_TOKEN: "glean-client-token" } },
    ));

  it("asks Glean to process what was sent where that is asked for, after everything, and once for each change", () =>
    directoryScene(engine, async ({ glean, up }) => {
      await up({ people: [ANA, RUI], args: { shards: 2, process: true } });
      assert.match(glean.requests().at(-1) ?? "", /processallemployeesandteams/);
      await up({ people: [ANA, RUI], args: { shards: 2, process: true } });
      assert.equal(glean.processed(), 1);
    }));

  it("can be uploaded in bulk, and goes on one by one without sending anybody again", () =>
    directoryScene(engine, async ({ glean, workspace, up }) => {
      workspace.env["GLEAN_USE_BULK_INDEX"] = "true";
      await up({ people: { count: 40 } });
      assert.deepEqual(glean.requests(), ["POST /api/index/v1/bulkindexemployees"]);
      await up({ people: { count: 35 } });
      assert.equal(glean.people.size, 35);
      delete workspace.env["GLEAN_USE_BULK_INDEX"];
      glean.reset();
      await up({ people: { count: 35 } });
      // Who left in bulk mode is deleted once more: nobody can tell whether an upload was the one that did it.
      assert.deepEqual([...new Set(glean.requests())], ["POST /api/index/v1/deleteemployee"]);
      assert.equal(glean.calls.length, 5);
    }));

  it("keeps in state nothing of people but their addresses", () =>
    directoryScene(engine, async ({ workspace, up }) => {
      await up({ people: { count: 500 }, args: { shards: 4 } });
      const state = workspace.stateText();
      assert.doesNotMatch(state, /Specialist|Okafor|\+351|Porto/);
      assert.match(state, /ana\.lima\.0@example\.com/);
      assert.match(state, /ciphertext|"4dabf18193072939515e22adb298388d"/, "the key of the digests is a secret");
    }));

  it("tells a wrong token and a refused data source apart, and sends nothing", () =>
    directoryScene(engine, async ({ workspace, glean, declare }) => {
      declare({ people: [ANA, RUI] });
      workspace.env["GLEAN_API_TOKEN"] = "wrong";
      assert.match(
        (await workspace.fails(["up", "--yes", "--skip-preview"])).text,
        /refuses the token[\s\S]*GLEAN_API_TOKEN/,
      );
      workspace.env["GLEAN_API_TOKEN"] = glean.token;
      workspace.env["GLEAN_DATASOURCE"] = "elsewhere";
      assert.match((await workspace.fails(["up", "--yes", "--skip-preview"])).text, /use the data source "elsewhere"/);
      assert.equal(glean.people.size, 0);
      delete workspace.env["GLEAN_DATASOURCE"];
      await workspace.run(["up", "--yes", "--skip-preview"]);
      assert.equal(glean.people.size, 2);
    }));
});
