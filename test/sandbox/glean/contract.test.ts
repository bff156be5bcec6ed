import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { REPOSITORY } from "../../repository.js";
import { describeUnless } from "../../skip.js";
import { openHttp } from "../../../provider/core/http.js";
import { staticToken } from "../../../provider/core/tokens.js";
import { openReader, type Reader } from "../../../provider/glean/reader.js";
import { startGlean, type Glean } from "./index.js";
import { person } from "./people.js";
import { BODIES, type Shape } from "./shapes.js";

const FILE = path.resolve(REPOSITORY, "../shared/contracts/glean/glean-indexing-api-specs.yaml");

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly allOf?: readonly Schema[];
  readonly items?: Schema;
}

interface ClientSpec {
  readonly paths: Readonly<Record<string, unknown>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface Spec {
  readonly paths: Readonly<
    Record<
      string,
      {
        readonly post?: {
          readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
        };
      }
    >
  >;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

describeUnless(existsSync(FILE) ? undefined : "Glean's specification is not there", "the sandbox of Glean", () => {
  const spec = existsSync(FILE) ? (parse(readFileSync(FILE, "utf8")) as Spec) : undefined;

  function resolved(schema: Schema): Schema {
    const inner = schema.$ref === undefined ? schema : spec?.components.schemas[schema.$ref.split("/").at(-1) ?? ""];
    assert.ok(inner, schema.$ref);
    if (inner.allOf === undefined) return inner;
    const parts = inner.allOf.map(resolved);
    return {
      type: "object",
      properties: Object.assign({}, ...parts.map(({ properties }) => properties)) as Record<string, Schema>,
      required: parts.flatMap(({ required = [] }) => required),
    };
  }

  /** Everything in which a shape differs from the specification. */
  function differences(shape: Shape, schema: Schema, where: string): string[] {
    const { type, format, properties = {}, required = [], items = {}, description = "" } = resolved(schema);
    switch (shape.kind) {
      case "object": {
        const names = [...new Set([...Object.keys(shape.of), ...Object.keys(properties)])].sort();
        const inner = names.flatMap((name) => {
          const [ours, theirs] = [shape.of[name], properties[name]];
          if (ours === undefined || theirs === undefined)
            return [`${where}.${name} is ${ours ? "ours" : "theirs"} alone`];
          return differences(ours, theirs, `${where}.${name}`);
        });
        const same = [...shape.required].sort().join() === [...new Set(required)].sort().join();
        return same ? inner : [...inner, `${where} requires ${required.join()}`];
      }
      case "list":
        return type === "array" ? differences(shape.of, items, `${where}[]`) : [`${where} is a ${String(type)}`];
      case "text": {
        const missing = (shape.words ?? []).filter(
          (word) => !description.includes(word) && !(schema.description ?? "").includes(word),
        );
        const formats = (shape.format ?? "") === (format ?? "") ? [] : [`${where} has the format ${String(format)}`];
        return [
          ...(type === "string" ? [] : [`${where} is a ${String(type)}`]),
          ...formats,
          ...missing.map((word) => `${where} knows no ${word}`),
        ];
      }
      case "truth":
        return type === "boolean" ? [] : [`${where} is a ${String(type)}`];
      case "whole":
        return type === "integer" ? [] : [`${where} is a ${String(type)}`];
      case "textOrLink":
        return description.includes("string or HypertextField") ? [] : [`${where} is something else`];
    }
  }

  for (const [name, shape] of Object.entries(BODIES)) {
    it(`takes the body of ${name} as the specification says`, () => {
      const content = spec?.paths[`/api/index/v1/${name}`]?.post?.requestBody?.content ?? {};
      const schema = Object.values(content)[0]?.schema;
      assert.ok(schema, "the specification has it");
      assert.deepEqual(differences(shape, schema, name), []);
    });
  }

  it("knows no request that the specification has for people and teams and it has not", () => {
    const paths = Object.keys(spec?.paths ?? {}).filter((each) => /employee|team/.test(each));
    const missing = paths
      .map((each) => each.split("/").at(-1) ?? "")
      // Takes no body; and one that the specification leaves empty.
      .filter((name) => !["processallemployeesandteams", "indexemployeelist"].includes(name))
      .filter((name) => BODIES[name] === undefined);
    assert.deepEqual(missing, []);
  });
});

const CLIENT = path.resolve(REPOSITORY, "../shared/contracts/glean/glean-client-people.trimmed.json");

describeUnless(
  existsSync(CLIENT) ? undefined : "the specification of Glean's Client API is not there",
  "the sandbox of Glean's Client API",
  () => {
    const spec = existsSync(CLIENT) ? (JSON.parse(readFileSync(CLIENT, "utf8")) as ClientSpec) : undefined;
    const fieldsOf = (name: string): string[] => {
      const { properties = {}, allOf = [] } = spec?.components.schemas[name] ?? {};
      return [...Object.keys(properties), ...allOf.flatMap((part) => Object.keys(part.properties ?? {}))];
    };
    let glean: Glean;
    let reader: Reader;

    before(async () => {
      glean = await startGlean({ limits: undefined });
      const http = openHttp({
        description: "connection glean",
        baseUrl: glean.url,
        tokens: staticToken(glean.clientToken, "the token"),
        connectTimeout: 5,
        silenceTimeout: 5,
        overallTimeout: 5,
        concurrency: 1,
      });
      reader = openReader(http);
      const { source: _source, employeeId: _id, alsoKnownAs: _names, ...record } = person(7);
      glean.people.set("p@example.com", { record: { ...record, email: "p@example.com" } });
      glean.teams.set("t", { record: { id: "t", name: "T", members: [] } });
    });
    after(() => glean.close());

    it("is asked only what the specification has, and answers under its names", async () => {
      assert.equal((await reader.people(["p@example.com"])).get("p@example.com")?.["department"], "Engineering");
      assert.equal((await reader.teams()).get("t")?.["name"], "T");
      const requests = { "/rest/api/v1/people": "PeopleRequest", "/rest/api/v1/listentities": "ListEntitiesRequest" };
      assert.deepEqual(
        glean.calls.map((call) => call.path),
        Object.keys(requests),
      );
      for (const { path: asked, body } of glean.calls) {
        assert.ok(spec?.paths[asked], asked);
        const known = fieldsOf(requests[asked as keyof typeof requests]);
        assert.deepEqual(
          Object.keys(body as object).filter((field) => !known.includes(field)),
          [],
        );
      }
      const shown = await fetch(`${glean.url}/rest/api/v1/people`, {
        method: "POST",
        headers: { authorization: `Bearer ${glean.clientToken}` },
        body: JSON.stringify({ emailIds: ["p@example.com", "nobody@example.com"] }),
      });
      const answer = (await shown.json()) as { results: { metadata: object }[] };
      const strange = (given: object, schema: string): string[] =>
        Object.keys(given).filter((field) => !fieldsOf(schema).includes(field));
      assert.deepEqual(strange(answer, "PeopleResponse"), []);
      assert.deepEqual(strange(answer.results[0] ?? {}, "Person"), []);
      assert.deepEqual(strange(answer.results[0]?.metadata ?? {}, "PersonMetadata"), []);
    });
  },
);
