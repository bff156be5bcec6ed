import assert from "node:assert/strict";
import { openSource, readGroups, readUsers, type GroupReading } from "../../../provider/civis/read.js";
import { API_KEY, platformOf, startCivis, type CivisSandbox, type Platform } from "../../sandbox/civis/index.js";
import type { Call, Failure } from "../../sandbox/server.js";

const company = (): Platform =>
  platformOf(
    {
      "Data Analysts": ["ana", "rui", "zoe"],
      "Data Engineers": { members: ["rui"], children: { manageable: [11], readable: [11] } },
      Nobody: [],
    },
    { away: ["zoe"], emails: { rui: null } },
  );

const LISTS = [
  "GET /groups/?include_members=true&limit=1000&page_num=1",
  "GET /users/?account_status=all&exclude_groups=true&limit=10000&page_num=1",
];

describe("what is read of Civis Platform", () => {
  let server: CivisSandbox;

  before(async () => {
    server = await startCivis(company());
  });
  beforeEach(() => {
    server.reset();
    Object.assign(server.platform, company());
  });
  after(() => server.close());

  function source(settings: Readonly<Record<string, string>> = {}): ReturnType<typeof openSource> {
    const config = { civis: { url: server.url, apiKey: API_KEY, connectTimeout: "5", ...settings } };
    return openSource(undefined, { environment: {}, config: JSON.stringify(config) });
  }

  const groups = (settings?: Readonly<Record<string, string>>): Promise<GroupReading> =>
    readGroups(source(settings), { childGroups: false });
  const requests = (): string[] => server.requests().sort();

  it("joins the list of groups and the list of users, in two requests", async () => {
    const { groups: found, ...rest } = await groups();
    assert.deepEqual(requests(), LISTS);
    assert.deepEqual(rest, { complete: true, shortfalls: [] });
    assert.deepEqual(
      found.map(({ name, members }) => [name, members.map(({ username }) => username)]),
      [
        ["Data Analysts", ["ana", "rui", "zoe"]],
        ["Data Engineers", ["rui"]],
        ["Nobody", []],
      ],
    );
    assert.deepEqual(found[0]?.members, [
      { id: 1001, username: "ana", name: "Person ana", email: "ana@larkspur.example", active: true },
      { id: 1002, username: "rui", name: "Person rui", active: true },
      { id: 1003, username: "zoe", name: "Person zoe", email: "zoe@larkspur.example", active: false },
    ]);
  });

  it("reads users, also those who are not active", async () => {
    const users = await readUsers(source());
    assert.deepEqual(
      users.map(({ username, active, suspended }) => [username, active, suspended]),
      [
        ["ana", true, false],
        ["rui", true, false],
        ["zoe", false, false],
      ],
    );
    assert.deepEqual(requests(), [LISTS[1]]);
  });

  it("asks for the groups that a group has permissions on where that is wanted", async () => {
    const { groups: found } = await readGroups(source(), { childGroups: true });
    assert.equal(server.calls.length, 2 + 3);
    assert.deepEqual(found[1]?.children, { manageable: [11], writeable: [], readable: [11] });
  });

  for (const [auth, header] of [
    ["bearer", `Bearer ${API_KEY}`],
    ["basic", `Basic ${Buffer.from(`${API_KEY}:`).toString("base64")}`],
  ] as const) {
    it(`sends the key as ${auth}`, async () => {
      await readUsers(source({ auth }));
      assert.equal(server.calls[0]?.headers["authorization"], header);
    });
  }

  it("asks for a group by itself where it has a member whom the list of users does not show", async () => {
    server.fault({
      when: ({ path }) => path === "/users/",
      failure: { answer: { status: 200, body: [], headers: pagination(0) } },
    });
    const { groups: found, complete } = await groups();
    assert.deepEqual(requests(), ["GET /groups/11", "GET /groups/12", ...LISTS]);
    assert.equal(complete, true);
    assert.deepEqual(
      found[0]?.members.map(({ username, active, email }) => [username, active, email]),
      [
        ["ana", true, "ana@larkspur.example"],
        ["rui", true, undefined],
        ["zoe", false, "zoe@larkspur.example"],
      ],
    );
  });

  it("goes group by group where the key may not list users", async () => {
    server.fault({ when: ({ path }) => path === "/users/", failure: { answer: { status: 403, body: {} } } });
    assert.equal((await groups()).complete, true);
  });

  it("marks a group whose members are not all shown, and only that", async () => {
    const [analysts] = server.platform.groups;
    Object.assign(analysts ?? {}, { hidden: [1001] });
    const { groups: found, complete, shortfalls } = await groups();
    assert.deepEqual(
      found.map((group) => group.complete),
      [false, true, true],
    );
    assert.equal(complete, false);
    assert.deepEqual(shortfalls, [
      'the group "Data Analysts" has 3 members (2 active), and Civis Platform showed 2 of them (1 active)',
    ]);
  });

  describe("when something goes wrong", () => {
    const onGroups = ({ path }: Call): boolean => path === "/groups/";
    const failures: [string, Failure, RegExp][] = [
      [
        "401",
        { answer: { status: 401, body: { error: "unauthorized" } } },
        /refuses the token[^]*CIVIS_API_KEY|apiKey/,
      ],
      ["403", { answer: { status: 403, body: {} } }, /does not allow this/],
      ["a page that is no JSON", { answer: { status: 200, body: "<html>" } }, /does not understand/],
      [
        "a group without members",
        {
          answer: {
            status: 200,
            body: [{ id: 1, name: "x", memberCount: 0, totalMemberCount: 0 }],
            headers: pagination(1),
          },
        },
        /0\.members/,
      ],
      ["an answer without counts", { answer: { status: 200, body: [] } }, /x-pagination-current-page/],
      [
        "half a page",
        { answer: { status: 200, body: [], headers: pagination(3) } },
        /did not give a whole list, 3 times[^]*0 different entries were read, and the service says that there are 3/,
      ],
      ["another page than asked for", { answer: { status: 200, body: [], headers: pagination(3, 2) } }, /sent page 2/],
    ];
    for (const [what, failure, said] of failures) {
      it(`rejects after ${what}`, async () => {
        server.fault({ when: onGroups, failure });
        await assert.rejects(groups(), (error: Error) => {
          assert.match(error.message, said);
          assert.ok(!error.message.includes(API_KEY));
          return true;
        });
      });
    }

    it("rejects where the API is down", async () => {
      const down = await startCivis(company());
      await down.close();
      await assert.rejects(groups({ url: down.url }), /nothing answers there/);
    });

    it("rejects where the API is slow", async () => {
      server.fault({ when: onGroups, failure: "silence" });
      await assert.rejects(groups({ silenceTimeout: "0.3", overallTimeout: "3" }), /gave no sign for 0\.3 seconds/);
    });

    it("waits as long as a 429 asks, and goes on", async () => {
      const busy = { status: 429, headers: { "Retry-After": "0.01" } };
      server.fault({ when: onGroups, times: 2, failure: { answer: busy } });
      assert.equal((await groups()).complete, true);
      assert.equal(server.calls.filter(onGroups).length, 3);
    });

    it("rejects where a 429 asks for more than the time there is", async () => {
      server.fault({ when: onGroups, failure: { answer: { status: 429, headers: { "Retry-After": "3600" } } } });
      await assert.rejects(groups(), /takes no more requests for now/);
      assert.equal(server.calls.filter(onGroups).length, 1);
    });

    it("reads again a page that failed, and the list that moved meanwhile", async () => {
      server.fault({ when: onGroups, times: 1, failure: { answer: { status: 500, body: {} } } });
      server.fault({
        when: onGroups,
        from: 2,
        times: 1,
        failure: { answer: { status: 200, body: [], headers: pagination(2) } },
      });
      assert.equal((await groups()).groups.length, 3);
    });
  });

  describe("with many pages", () => {
    beforeEach(() => {
      const names = Array.from({ length: 2500 }, (_none, index) => `Group ${String(index).padStart(4, "0")}`);
      Object.assign(server.platform, platformOf(Object.fromEntries(names.map((name) => [name, ["ana"]]))));
    });

    it("asks for each once", async () => {
      assert.equal((await groups()).groups.length, 2500);
      assert.deepEqual(requests(), [
        LISTS[0],
        "GET /groups/?include_members=true&limit=1000&page_num=2",
        "GET /groups/?include_members=true&limit=1000&page_num=3",
        LISTS[1],
      ]);
    });

    it("is nothing but whole, whatever page fails for good", async () => {
      for (const page of ["1", "2", "3"]) {
        server.reset();
        const when = ({ path, query }: Call): boolean => path === "/groups/" && query.get("page_num") === page;
        server.fault({ when, failure: { answer: { status: 404, body: {} } } });
        await assert.rejects(groups(), { message: new RegExp(`page_num=${page}`) });
      }
    });

    it("notices a group that goes while the pages are read", async () => {
      let gone = false;
      server.fault({
        when: ({ path, query }) => {
          if (path === "/groups/" && query.get("page_num") === "2" && !gone) {
            gone = true;
            server.platform.groups.shift();
          }
          return false;
        },
        failure: "cut",
      });
      assert.equal((await groups()).groups.length, 2499);
    });
  });

  it("names the setting that is missing or wrong, and sends nothing", () => {
    const open = (settings: Record<string, unknown>) => () =>
      openSource(undefined, { environment: {}, config: JSON.stringify({ civis: settings }) });
    assert.throws(open({}), { message: /has no apiKey[^]*ROSTER_CIVIS_API_KEY or CIVIS_API_KEY/ });
    assert.throws(open({ apiKey: API_KEY, auth: "digest" }), { message: /auth[^]*"bearer" or "basic"/ });
    assert.throws(open({ apiKey: API_KEY, url: "civis" }), { message: /an address that begins with https/ });
    for (const url of ["https://civis/?token=geheim", "civis/#geheim", "ana:geheim@civis", "ftp://ana:geheim@civis/"]) {
      assert.throws(open({ apiKey: API_KEY, url }), ({ message }: Error) => {
        assert.match(message, /the url of connection civis/);
        return !message.includes("geheim");
      });
    }
    assert.throws(open({ apiKey: API_KEY, concurrency: "0" }), { message: /1 to 100/ });
    assert.throws(() => openSource({ name: "no name!" }, { environment: {}, config: undefined }), {
      message: /letters, digits/,
    });
    assert.deepEqual(server.calls, []);
  });
});

function pagination(total: number, page = 1): Record<string, string> {
  return {
    "X-Pagination-Per-Page": "1000",
    "X-Pagination-Current-Page": String(page),
    "X-Pagination-Total-Pages": "1",
    "X-Pagination-Total-Entries": String(total),
  };
}
