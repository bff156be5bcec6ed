import { loadAwsServiceSpecSync } from "@aws-cdk/aws-service-spec";
import type { PropertyType, ResourceProperties, SpecDatabase } from "@aws-cdk/service-spec-types";
import { parse, type ScalarTag } from "yaml";

/*
 * Holds a template of CloudFormation against what AWS publishes of its resources: properties that there are not or that
 * are missing, values of another type or that are not allowed, and references to nothing.
 */

/** A template, its short tags written out: `!Ref X` is `{ Ref: "X" }`. */
export interface Template {
  readonly Parameters: Readonly<Record<string, { readonly Type: string; readonly Default?: string }>>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs: Readonly<Record<string, unknown>>;
}

/** A resource of a template. */
export interface TemplateResource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

const tag = (name: string, resolve: (text: string) => object): ScalarTag => ({
  tag: `!${name}`,
  resolve,
});

const TAGS = [
  tag("Ref", (text) => ({ Ref: text })),
  tag("Sub", (text) => ({ "Fn::Sub": text })),
  tag("GetAtt", (text) => ({ "Fn::GetAtt": [text.slice(0, text.indexOf(".")), text.slice(text.indexOf(".") + 1)] })),
];

/** Reads a template. A tag that is not known here is an error. */
export function readTemplate(text: string): Template {
  return parse(text, { customTags: TAGS, logLevel: "error", strict: true }) as Template;
}

let loaded: SpecDatabase | undefined;
// It takes two seconds, and only tests of templates need it.
const specification = (): SpecDatabase => (loaded ??= loadAwsServiceSpecSync());

/** What is wrong with a template. */
export function findings(template: Template): string[] {
  const wrong = Object.entries(template.Resources).flatMap(([name, { Type: type, Properties: given = {} }]) => {
    const [resource] = specification().lookup("resource", "cloudFormationType", "equals", type);
    return resource === undefined ? [`${name}: there is no ${type}`] : object(resource.properties, given, name);
  });
  return [...wrong, ...references(template)];
}

function object(properties: ResourceProperties, given: Readonly<Record<string, unknown>>, at: string): string[] {
  const missing = Object.entries(properties).filter(([name, { required }]) => required === true && !(name in given));
  return [
    ...missing.map(([name]) => `${at}.${name} is missing`),
    ...Object.entries(given).flatMap(([name, value]) => {
      const property = properties[name];
      return property === undefined ? [`${at}.${name} is not known`] : check(property.type, value, `${at}.${name}`);
    }),
  ];
}

function check(type: PropertyType, value: unknown, at: string): string[] {
  if (isReference(value)) return [];
  const no = [`${at} is ${JSON.stringify(value)}, which is no ${type.type}`];
  switch (type.type) {
    case "string":
      if (typeof value !== "string") return no;
      return type.allowedValues === undefined || type.allowedValues.includes(value)
        ? []
        : [`${at} is ${value}, and can be ${type.allowedValues.join(", ")}`];
    case "integer":
    case "number":
      return typeof value === "number" ? [] : no;
    case "boolean":
      return typeof value === "boolean" ? [] : no;
    case "array":
      return Array.isArray(value)
        ? value.flatMap((each, index) => check(type.element, each, `${at}[${String(index)}]`))
        : no;
    case "map":
      return isObject(value)
        ? Object.entries(value).flatMap(([key, each]) => check(type.element, each, `${at}.${key}`))
        : no;
    case "ref":
      return isObject(value) ? object(specification().get("typeDefinition", type.reference).properties, value, at) : no;
    case "union": {
      const each = type.types.map((one) => check(one, value, at));
      return each.some((wrong) => wrong.length === 0) ? [] : each.flat();
    }
    // JSON can be anything; nothing here has tags, dates or nulls.
    default:
      return [];
  }
}

/** References to what the template has not, or to attributes that a resource has not. */
function references(template: Template): string[] {
  const known = (name: string): boolean =>
    name.startsWith("AWS::") || name in template.Parameters || name in template.Resources;
  const attribute = (name: string, wanted: string): boolean => {
    const type = template.Resources[name]?.Type ?? "";
    const [resource] = specification().lookup("resource", "cloudFormationType", "equals", type);
    return resource !== undefined && wanted in resource.attributes;
  };
  const one = (reference: string): string[] => {
    const [name = "", ...rest] = reference.split(".");
    const there = rest.length === 0 ? known(name) : attribute(name, rest.join("."));
    return there ? [] : [`there is no ${reference}`];
  };
  return collect([template.Resources, template.Outputs]).flatMap(one);
}

/** Every reference within a value: `State`, or `State.Arn`. */
function collect(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(collect);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === "Ref") return [String(inner)];
    if (key === "Fn::GetAtt") return [(inner as string[]).join(".")];
    if (key === "Fn::Sub") return [...String(inner).matchAll(/\$\{([^}]+)\}/g)].map(([, name = ""]) => name);
    return collect(inner);
  });
}

function isReference(value: unknown): boolean {
  return isObject(value) && Object.keys(value).some((key) => key === "Ref" || key.startsWith("Fn::"));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
