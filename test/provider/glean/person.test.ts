import assert from "node:assert/strict";
import { resources } from "../../../provider/glean/index.js";
import type { Resource } from "../../../provider/core/resource.js";
import { startGlean, type Glean } from "../../sandbox/glean/index.js";
import { create, failure, plan, run, update } from "./scene.js";

const Person = resources["Person"] as Resource;
const ANA = { email: "Ana@Example.com", department: "Data", firstName: "Ana", type: "FULL_TIME", teams: [] };
const LANGUAGES: readonly unknown[] = ["Portuguese", { anchor: "CV", hyperlink: "https://example.com/cv" }];

describe("glean.Person", () => {
  let glean: Glean;

  before(async () => {
    glean = await startGlean({ limits: undefined, datasources: ["keycloak"] });
  });
  beforeEach(() => {
    glean.reset();
    glean.people.clear();
  });
  after(() => glean.close());

  it("is sent with the fields of the API, and without what is the default", async () => {
    const { id, outs } = await create(run(glean), Person, {
      ...ANA,
      employeeId: "7",
      teams: [{ teamId: "data", name: "Data" }],
      additionalFields: [{ key: "languages", value: LANGUAGES }],
    });
    assert.equal(id, "ana@example.com");
    assert.equal(outs["type"], undefined);
    assert.deepEqual(glean.people.get("ana@example.com")?.record, {
      email: "ana@example.com",
      department: "Data",
      firstName: "Ana",
      id: "7",
      teams: [{ id: "data", name: "Data" }],
      additionalFields: [{ key: "languages", value: LANGUAGES }],
    });
  });

  it("is not sent again where nothing has changed, and is replaced where something has", async () => {
    const { id, outs } = await create(run(glean), Person, ANA);
    const same = await update(run(glean), Person, id, outs, ANA);
    assert.equal(glean.calls.length, 1);
    await update(run(glean), Person, id, same, { ...ANA, firstName: undefined, title: "Analyst" });
    assert.deepEqual(glean.people.get("ana@example.com")?.record, {
      email: "ana@example.com",
      department: "Data",
      title: "Analyst",
    });
  });

  it("shows its request in a preview, which sends nothing", async () => {
    assert.deepEqual(await plan(run(glean), Person, {}, ANA), [
      'POST /api/index/v1/indexemployee {"employee":{"email":"ana@example.com","department":"Data","firstName":"Ana"}}',
    ]);
    assert.equal(glean.calls.length, 0);
  });

  it("names every field that is wrong, and sends nothing", async () => {
    const wrong = {
      email: "ana",
      firstName: "",
      status: "GONE",
      startDate: "2027-02-30",
      photoUrl: "nowhere",
      structuredLocation: { countryCode: "Portugal" },
      additionalFields: [{ key: "Shoe size", value: [] }],
      relationships: [{ name: "FRIEND", email: "rui@example.com" }],
      shoes: 2,
    };
    const { failures } = await Person.check(run(glean), {}, wrong);
    const told = failures.map(({ property, reason }) => `${property} ${reason}`).join("\n");
    for (const expected of [
      /email must be an e-mail address/,
      /department is required/,
      /firstName must not be empty/,
      /status must be CURRENT, FUTURE or EX/,
      /startDate must be a date/,
      /photoUrl must be an address/,
      /structuredLocation: countryCode: must be an ISO 3166 code/,
      /additionalFields: 0.key: must be lower-case letters only/,
      /relationships: 0.name: must be CHIEF_OF_STAFF/,
      /there is no argument "shoes"/,
    ])
      assert.match(told, expected);
    assert.equal(glean.calls.length, 0);
  });

  it("with another address is another person", async () => {
    const { id, outs } = await create(run(glean), Person, ANA);
    const { inputs } = await Person.check(run(glean), outs, { ...ANA, email: "ana.lima@example.com" });
    const { replaces, deleteBeforeReplace } = await Person.diff(run(glean), id, outs, inputs);
    assert.deepEqual([replaces, deleteBeforeReplace], [["email"], false]);
    // The same address in another case is nothing new.
    const { inputs: shouted } = await Person.check(run(glean), outs, { ...ANA, email: "ANA@EXAMPLE.COM" });
    assert.equal((await Person.diff(run(glean), id, outs, shouted)).changes, false);
  });

  it("is deleted, also where it is gone already, and kept where the program says so", async () => {
    const { id, outs } = await create(run(glean), Person, ANA);
    await Person.delete(run(glean), id, { ...outs, onRemove: "keep" });
    assert.equal(glean.people.size, 1);
    await Person.delete(run(glean), id, outs);
    await Person.delete(run(glean), id, outs);
    assert.equal(glean.people.size, 0);
  });

  it("in a higher version elsewhere stays, and the error says what to do", async () => {
    glean.people.set("ana@example.com", { record: { email: "ana@example.com" }, version: 9 });
    const error = await failure(create(run(glean), Person, { ...ANA, version: 3 }));
    assert.match(error.message, /newer version[\s\S]*409[\s\S]*Give a higher version/);
    assert.equal(glean.people.get("ana@example.com")?.version, 9);
  });

  it("says which token was refused, and what kind it has to be", async () => {
    const error = await failure(create(run(glean, { GLEAN_API_TOKEN: "wrong-token-of-somebody" }), Person, ANA));
    assert.match(error.message, /refuses the token[\s\S]*environment variable GLEAN_API_TOKEN/);
    assert.doesNotMatch(error.message, /wrong-token-of-somebody/);
  });

  it("asks for its data source once, before anything is sent", async () => {
    const error = await failure(create(run(glean, { GLEAN_DATASOURCE: "elsewhere" }), Person, ANA));
    assert.match(error.message, /use the data source "elsewhere"[\s\S]*GLEAN_DATASOURCE[\s\S]*Nothing was sent/);
    assert.equal(glean.people.size, 0);
    glean.reset();
    const allowed = run(glean, { GLEAN_DATASOURCE: "keycloak" });
    await Promise.all([
      create(allowed, Person, ANA),
      create(allowed, Person, { email: "rui@example.com", department: "IT" }),
    ]);
    assert.equal(glean.calls.filter(({ path }) => path.endsWith("/getdatasourceconfig")).length, 1);
    assert.equal(glean.people.size, 2);
  });

  it("is sent again after an answer that was lost, which does no harm", async () => {
    glean.fault({ times: 1, failure: "cutAfterActing" });
    glean.fault({ from: 2, times: 1, failure: { answer: { status: 500 } } });
    await create(run(glean), Person, ANA);
    assert.equal(glean.calls.length, 3);
    assert.equal(glean.people.size, 1);
  });

  describe("with a token of the Client API", () => {
    const env = { GLEAN_CLIENT_TOKEN: "glean-client-token" };

    it("shows as changed what somebody has changed by hand, and only what was declared", async () => {
      const { id, outs } = await create(run(glean), Person, {
        ...ANA,
        phoneNumber: "+351 21 000",
        managerEmail: "rui@example.com",
      });
      const same = await Person.read(run(glean, env), id, outs);
      assert.deepEqual({ ...same.props }, { ...outs });
      const { record } = glean.people.get("ana@example.com") ?? assert.fail();
      glean.people.set("ana@example.com", {
        record: { ...record, department: "Sales", managerEmail: "mei@example.com", title: "Director", status: "EX" },
      });
      const { props } = await Person.read(run(glean, env), id, outs);
      assert.equal(props["department"], "Sales");
      assert.equal(props["managerEmail"], "mei@example.com");
      assert.equal(props["status"], "EX");
      assert.equal(props["title"], undefined, "it was not declared, and may come from another source");
    });

    it("is gone where somebody has deleted it", async () => {
      const { id, outs } = await create(run(glean), Person, ANA);
      glean.people.clear();
      assert.equal((await Person.read(run(glean, env), id, outs)).id, "");
      assert.equal((await Person.read(run(glean), id, outs)).id, id, "nobody can tell without the token");
    });

    it("asks for many people at once", async () => {
      const people = await Promise.all(
        Array.from({ length: 120 }, (_, n) =>
          create(run(glean), Person, { email: `p${String(n)}@x.org`, department: "IT" }),
        ),
      );
      glean.reset();
      const host = run(glean, env);
      const read = await Promise.all(people.map(({ id, outs }) => Person.read(host, id, outs)));
      assert.ok(read.every(({ id }) => id !== ""));
      assert.deepEqual(glean.requests(), ["POST /rest/api/v1/people", "POST /rest/api/v1/people"]);
    });
  });
});
