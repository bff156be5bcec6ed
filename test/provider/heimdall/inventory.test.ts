import assert from "node:assert/strict";
import type { HeldResource, Thing } from "../../../provider/core/inventory.js";
import { inventory } from "../../../provider/heimdall/inventory.js";
import { startHeimdall, type Contents, type HeimdallSandbox } from "../../sandbox/heimdall/heimdall.js";

const CITY: Contents = {
  actions: { "users:read": "Read", "users:write": "Write" },
  roles: {
    viewer: { description: "Looks", actions: ["users:read", "users:write"] },
    stray: { description: "Nobody's", actions: ["users:write"] },
  },
  mappings: { "GET /users": { action: "users:read" } },
  groups: { desk: { description: "Desk", roles: ["viewer", "stray"], members: ["11111111111", "22222222222"] } },
};

const action = (name: string): HeldResource => ({ token: "heimdall.Action", properties: { name, description: "x" } });
const held: HeldResource[] = [
  action("users:read"),
  action("users:write"),
  { token: "heimdall.Mapping", properties: { method: "GET", path: "/users", action: "users:read" } },
  { token: "heimdall.Group", properties: { name: "desk", description: "Desk" } },
  { token: "heimdall.GroupRole", properties: { group: "desk", role: "viewer" } },
  { token: "heimdall.GroupMember", properties: { group: "desk", cpf: "11111111111" } },
];
const viewer = (actions?: string): HeldResource => ({
  token: "heimdall.Role",
  properties: { name: "viewer", description: "Looks", ...(actions === undefined ? {} : { actions }) },
});

describe("what no stack manages in Heimdall", () => {
  let heimdall: HeimdallSandbox;
  beforeEach(async () => {
    heimdall = await startHeimdall(CITY);
  });
  afterEach(() => heimdall.close());

  async function found(resources: readonly HeldResource[]): Promise<string[]> {
    const environment = { HEIMDALL_URL: heimdall.url, HEIMDALL_TOKEN: heimdall.token };
    const things = await inventory.unmanaged(undefined, { environment, config: undefined }, resources);
    assert.deepEqual(heimdall.writes(), []);
    return things.map(({ text, remedy }: Thing) => `${text}: ${remedy ?? "nothing"}`).sort();
  }

  const STRAY = 'the role "stray": DELETE /api/v1/roles/stray';
  const OF_DESK = [
    '22222222222 is in the group "desk": DELETE /api/v1/groups/desk/members/22222222222',
    'the group "desk" has the role "stray": DELETE /api/v1/roles/groups/desk/roles/stray',
  ];

  it("is what managed groups and roles have besides, each with the request that takes it away", async () => {
    const given: HeldResource = { token: "heimdall.RoleAction", properties: { role: "viewer", action: "users:read" } };
    assert.deepEqual(await found([...held, viewer(), given]), [
      ...OF_DESK,
      STRAY,
      'the role "viewer" has the action "users:write": DELETE /api/v1/roles/viewer/actions/users:write',
    ]);
  });

  it("is no action of a role whose list a resource decides: that is drift", async () => {
    assert.deepEqual(await found([...held, viewer("users:read\n")]), [...OF_DESK, STRAY]);
  });
});
