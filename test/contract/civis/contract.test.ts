import assert from "node:assert/strict";
import * as z from "zod";
import { openSource, readGroups, readUsers } from "../../../provider/civis/read.js";
import { childGroups, groupDetail, groupSummary, userSummary } from "../../../provider/civis/records.js";
import { API_KEY, platformOf, startCivis, type CivisSandbox } from "../../sandbox/civis/index.js";
import { describeUnless } from "../../skip.js";
import { missingSpecification, operationOf, readSpecification, violation } from "./specification.js";

/** What the client asks for, and with which schema it reads the answer. */
const READ: readonly [string, z.ZodType][] = [
  ["/groups/", z.array(groupSummary)],
  ["/groups/{id}", groupDetail],
  ["/groups/{id}/child_groups", childGroups],
  ["/users/", z.array(userSummary)],
];

describeUnless(missingSpecification(), "the contract of Civis Platform", function () {
  const specification = readSpecification();
  let server: CivisSandbox;

  before(async () => {
    server = await startCivis(
      platformOf({ Analysts: ["ana", "rui"], Engineers: { members: ["zoe"], children: { readable: [11] } } }),
      { execute: () => Promise.resolve({ columns: ["n"], rows: [[1], [null], ["x"]] }) },
    );
  });
  afterEach(() => {
    server.reset();
  });
  after(() => server.close());

  for (const [path, schema] of READ) {
    for (const { description, requests } of specification.paths[path]?.["get"]?.["x-examples"] ?? []) {
      it(`has examples that the client reads: ${path}, ${description}`, () => {
        for (const { response_body: body } of requests) schema.parse(JSON.parse(body));
      });
    }
  }

  it("knows everything that the client asks for", async () => {
    const config = JSON.stringify({ civis: { url: server.url, apiKey: API_KEY } });
    const source = openSource(undefined, { environment: {}, config });
    await readGroups(source, { childGroups: true });
    await readUsers(source);
    assert.ok(server.calls.length > 0);
    for (const { method, path, query } of server.calls) {
      const operation = operationOf(specification, method, path);
      const known = operation?.parameters?.filter((each) => each.in === "query").map(({ name }) => name) ?? [];
      assert.ok(operation !== undefined, `${method} ${path}`);
      assert.deepEqual(
        [...query.keys()].filter((name) => !known.includes(name)),
        [],
        path,
      );
    }
  });

  const QUERY = { sql: "SELECT 1", database: 21, credential: 31, previewRows: 10, hidden: true };
  const asked: readonly [string, string, unknown?][] = [
    ["GET", "/groups/?include_members=true"],
    ["GET", "/groups/11"],
    ["GET", "/groups/12/child_groups"],
    ["GET", "/users/?account_status=all"],
    ["GET", "/users/?exclude_groups=true"],
    ["GET", "/databases/"],
    ["GET", "/databases/21"],
    ["GET", "/credentials/?default=true&type=Database"],
    ["POST", "/queries/", QUERY],
    ["GET", "/queries/2501"],
    ["GET", "/queries/2501"],
    ["GET", "/queries/?hidden=true&limit=50"],
    ["GET", "/queries/2501/runs/271"],
    ["GET", "/queries/2501/runs/271/logs"],
  ];
  it("is kept by the sandbox, answer by answer", async () => {
    for (const [method, path, body] of asked) {
      const response = await fetch(server.url + path, {
        method,
        headers: { Authorization: `Bearer ${API_KEY}`, "Content-Type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const operation = operationOf(specification, method, path.replace(/\?.*/, ""));
      const schema = operation?.responses[String(response.status)]?.schema;
      assert.ok(schema !== undefined, `${method} ${path}: ${String(response.status)} ${await response.clone().text()}`);
      assert.equal(violation(specification, schema, await response.json()), undefined, `${method} ${path}`);
    }
  });

  it("would notice an answer that is not kept", () => {
    const schema = operationOf(specification, "GET", "/groups/11")?.responses["200"]?.schema;
    assert.match(violation(specification, schema, { id: "11" }) ?? "", /id/);
    assert.match(violation(specification, schema, { id: 11 }) ?? "", /name/);
  });

  for (const [path, status] of [
    ["/groups/?limit=1001", 400],
    ["/users/?limit=10001", 400],
    ["/users/?account_status=gone", 400],
    ["/groups/?members=true", 400],
    ["/groups/99", 404],
    ["/groups/11/members", 404],
    ["/nothing/", 404],
  ] as const) {
    it(`is kept by the sandbox where it says no: ${path}`, async () => {
      const response = await fetch(server.url + path, { headers: { Authorization: `Bearer ${API_KEY}` } });
      assert.equal(response.status, status);
      assert.equal((await fetch(server.url + path)).status, 401, "and without a key before anything else");
    });
  }

  it("has standard pages as small as it says, and members in lists only where they are asked for", async () => {
    const get = async (path: string): Promise<Response> =>
      fetch(server.url + path, { headers: { Authorization: `Bearer ${API_KEY}` } });
    assert.equal((await get("/groups/")).headers.get("X-Pagination-Per-Page"), "50");
    assert.equal((await get("/users/")).headers.get("X-Pagination-Per-Page"), "20");
    const [analysts] = (await (await get("/groups/")).json()) as { members: unknown[]; memberCount: number }[];
    assert.deepEqual([analysts?.members, analysts?.memberCount], [[], 2]);
  });
});
