import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { REPOSITORY } from "../../repository.js";
import { describeUnless } from "../../skip.js";
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
