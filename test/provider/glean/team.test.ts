import assert from "node:assert/strict";
import { resources } from "../../../provider/glean/index.js";
import type { Resource } from "../../../provider/core/resource.js";
import { startGlean, type Glean } from "../../sandbox/glean/index.js";
import { create, run, update } from "./scene.js";

const Team = resources["Team"] as Resource;
const DATA = { teamId: "data/eu", name: "Data", members: [{ email: "Ana@example.com", relationship: "LEAD" }] };

describe("glean.Team", () => {
  let glean: Glean;

  before(async () => {
    glean = await startGlean({ limits: undefined });
  });
  beforeEach(() => {
    glean.reset();
    glean.teams.clear();
  });
  after(() => glean.close());

  it("is sent with the fields of the API", async () => {
    const { id } = await create(run(glean), Team, {
      ...DATA,
      members: [...DATA.members, { email: "rui@example.com", relationship: "MEMBER", joinDate: "2024-02-29" }],
      emails: [{ email: "data@example.com" }],
    });
    assert.equal(id, "data%2Feu");
    assert.deepEqual(glean.teams.get("data/eu")?.record, {
      id: "data/eu",
      name: "Data",
      members: [
        { email: "ana@example.com", relationship: "LEAD" },
        { email: "rui@example.com", join_date: "2024-02-29" },
      ],
      emails: [{ email: "data@example.com", type: "OTHER" }],
    });
  });

  it("may have no members, and has to have a name and a list", async () => {
    const { failures } = await Team.check(run(glean), {}, { teamId: "x", members: [{ relationship: "LEAD" }] });
    assert.deepEqual(
      failures.map(({ property, reason }) => `${property} ${reason}`),
      ["name is required", " members: 0.email: must be an e-mail address"],
    );
    const { id, outs } = await create(run(glean), Team, DATA);
    await update(run(glean), Team, id, outs, { ...DATA, members: [] });
    assert.deepEqual(glean.teams.get("data/eu")?.record["members"], []);
  });

  it("is deleted by its id", async () => {
    const { id, outs } = await create(run(glean), Team, DATA);
    await Team.delete(run(glean), id, outs);
    assert.equal(glean.teams.size, 0);
  });

  it("shows drift where there is a token of the Client API, reading all teams once", async () => {
    const teams = await Promise.all(["a", "b", "c"].map((teamId) => create(run(glean), Team, { ...DATA, teamId })));
    glean.teams.delete("a");
    glean.teams.set("b", { record: { id: "b", name: "Somebody's", members: [] } });
    glean.reset();
    const host = run(glean, { GLEAN_CLIENT_TOKEN: "glean-client-token" });
    const read = await Promise.all(teams.map(({ id, outs }) => Team.read(host, id, outs)));
    assert.deepEqual(
      read.map(({ id, props }) => [id, props["name"]]),
      [
        ["", undefined],
        ["b", "Somebody's"],
        ["c", "Data"],
      ],
    );
    assert.equal(glean.calls.length, 1);
  });
});
