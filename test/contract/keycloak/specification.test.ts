import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { REPOSITORY } from "../../repository.js";
import { describeUnless } from "../../skip.js";
import { startKeycloakSandbox, type KeycloakSandbox } from "../../sandbox/keycloak/index.js";
import { REALM, secretOf } from "./realm.js";

const SPEC = path.join(REPOSITORY, "../shared/contracts/keycloak/openapi.trimmed.json");
const absent = existsSync(SPEC) ? undefined : "the specification of Keycloak is not beside the repository";

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
}

interface Specification {
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

describeUnless(absent, "the sandbox of Keycloak", () => {
  const { components } = JSON.parse(absent === undefined ? readFileSync(SPEC, "utf8") : "{}") as Specification;
  let sandbox: KeycloakSandbox;
  let token: string;

  before(async () => {
    sandbox = await startKeycloakSandbox([REALM]);
    const form = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: "reader",
      client_secret: secretOf("reader"),
    });
    const login = await fetch(`${sandbox.url}/realms/company/protocol/openid-connect/token`, {
      method: "POST",
      body: form,
    });
    ({ access_token: token } = (await login.json()) as { access_token: string });
  });
  after(() => sandbox.close());

  async function get(target: string): Promise<unknown> {
    const answer = await fetch(`${sandbox.url}/admin/realms/company${target}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    assert.equal(answer.status, 200);
    return answer.json();
  }

  /** What of a value is not as a schema says: paths. */
  function strange(value: unknown, schema: Schema, at: string): string[] {
    if (schema.$ref !== undefined) {
      const named = components.schemas[schema.$ref.split("/").at(-1) ?? ""];
      assert.ok(named, `${schema.$ref} is there`);
      return strange(value, named, at);
    }
    if (Array.isArray(value)) {
      const { items } = schema;
      if (schema.type !== "array" || items === undefined) return [`${at} is a list`];
      return value.flatMap((each) => strange(each, items, `${at}[]`));
    }
    if (typeof value === "object" && value !== null) {
      return Object.entries(value).flatMap(([name, inner]) => {
        const known = schema.properties?.[name] ?? schema.additionalProperties;
        return known === undefined ? [`${at}.${name} is not known`] : strange(inner, known, `${at}.${name}`);
      });
    }
    const type = typeof value === "number" && schema.type === "integer" ? "integer" : typeof value;
    return type === schema.type ? [] : [`${at} is ${type} and not ${String(schema.type)}`];
  }

  const list = (name: string): Schema => ({ type: "array", items: { $ref: `#/components/schemas/${name}` } });

  for (const [target, schema] of [
    ["/users?max=200", list("UserRepresentation")],
    ["/users?max=2&briefRepresentation=true", list("UserRepresentation")],
    ["/groups?max=100&briefRepresentation=false", list("GroupRepresentation")],
    ["/groups", list("GroupRepresentation")],
  ] as const) {
    it(`answers GET ${target} with what the specification has`, async () => {
      const body = await get(target);
      assert.ok(Array.isArray(body) && body.length > 0);
      assert.deepEqual([...new Set(strange(body, schema, ""))], []);
    });
  }

  it("answers with groups and members of a group as the specification has them", async () => {
    const groups = (await get("/groups")) as { id: string; name: string }[];
    const data = groups.find(({ name }) => name === "data")?.id ?? "";
    assert.deepEqual(strange(await get(`/groups/${data}/children`), list("GroupRepresentation"), ""), []);
    assert.deepEqual([...new Set(strange(await get(`/groups/${data}/members`), list("UserRepresentation"), ""))], []);
  });

  it("would be found out if it made something up", () => {
    assert.deepEqual(strange([{ id: 7, nickname: "ana" }], list("UserRepresentation"), ""), [
      "[].id is number and not string",
      "[].nickname is not known",
    ]);
  });
});
