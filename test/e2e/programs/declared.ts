import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import * as roster from "pulumi-roster";
import type { Declaration } from "../declare.js";
import { Maker } from "./maker.js";

/*
 * The program of the end-to-end tests: what it declares is data, so that a test says in its own lines what a program
 * has, and the same few lines run on every engine.
 */

const made = new Map<string, pulumi.Resource>();

function reveal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reveal);
  if (typeof value !== "object" || value === null) return value;
  if ("$output" in value) return outputOf(String(value.$output));
  if ("$secret" in value) return pulumi.secret(value.$secret);
  if ("$config" in value) return new pulumi.Config().requireSecret(String(value.$config));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, reveal(inner)]));
}

/** The output that `<resource>.<property>` names. */
function outputOf(path: string): unknown {
  const dot = path.lastIndexOf(".");
  return (resource(path.slice(0, dot)) as unknown as Record<string, unknown>)[path.slice(dot + 1)];
}

function resource(name: string): pulumi.Resource {
  const found = made.get(name);
  if (found === undefined) throw new Error(`the program has no resource ${name} so far`);
  return found;
}

type Class = new (name: string, args: unknown, options: object) => pulumi.Resource;

/** What a type stands for: `databricks.Grant`; without a system a class of PostgreSQL, or one of the tests' own. */
function classOf(type: Declaration["type"]): Class {
  if (type === "Maker") return Maker as Class;
  if (type === "GroupSync") return roster.civis.GroupSync as Class;
  const [name = "", system = "postgres"] = type.split(".").reverse();
  const found = (roster[system as keyof typeof roster] as unknown as Record<string, Class>)[name];
  if (found === undefined) throw new Error(`there is no class ${type}`);
  return found;
}

function make({ type, name, args, options }: Declaration): void {
  const construct = classOf(type);
  const { dependsOn, ...rest } = options;
  made.set(name, new construct(name, reveal(args), { ...rest, dependsOn: dependsOn?.map(resource) }));
}

const { resources, outputs } = JSON.parse(readFileSync("declared.json", "utf8")) as {
  resources: Declaration[];
  outputs: Record<string, unknown>;
};
resources.forEach(make);
// What is assigned to the module is the stack's outputs.
Object.assign(exports, reveal(outputs));
