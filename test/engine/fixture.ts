import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { REPOSITORY } from "../repository";
import { findEngine, Sandbox, type RunOptions } from "./index";
import { parseUrn } from "./urn";

/** The resource class of fixture programs: `new Item(name, args, opts)`. */
const library = `
const pulumi = require("@pulumi/pulumi");
class Item extends pulumi.CustomResource {
  constructor(name, args, opts) {
    const __provider = 'exports.handler=()=>require(process.cwd()+"/provider.js")';
    super("pulumi-nodejs:dynamic/fixture:Item", name, { made: undefined, ...args, __provider }, opts);
  }
}
module.exports = { pulumi, Item };
`;

/** A provider that keeps its calls in a file, with the moments at which each began and ended. */
const provider = `
const fs = require("fs");
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const log = (entry) => fs.appendFileSync("calls.jsonl", JSON.stringify(entry) + "\\n");
const logged = (method, act) => async (...args) => {
  log({ method, at: "start", args });
  try { return await act(...args); } finally { log({ method, at: "end", args }); }
};
let config;
module.exports = {
  async configure(request) { config = { get: (key) => request.config.get(key) ?? "nobody" }; },
  check: logged("check", async (olds, news) => ({ inputs: news })),
  diff: logged("diff", async (id, olds, news) => {
    const changed = Object.keys(news).filter((key) => JSON.stringify(olds[key]) !== JSON.stringify(news[key]));
    return { changes: changed.length > 0 };
  }),
  create: logged("create", async (news) => {
    if (news.say) console.log(news.say);
    if (news.wait) await wait(news.wait);
    if (news.fail) throw new Error(news.fail);
    if (news.partial) throw Object.assign(new Error("x"), { id: news.name, properties: news, reasons: news.partial });
    return { id: news.name, outs: { ...news, made: "by " + config.get("account") } };
  }),
  update: logged("update", async (id, olds, news) => ({ outs: { ...news, made: "by " + config.get("account") } })),
  read: logged("read", async (id, props) => {
    fs.appendFileSync("accounts", config.get("account") + "\\n");
    return fs.existsSync("gone-" + id) ? { id: "", props: {} } : { id, props };
  }),
  delete: logged("delete", async (id, props) => {
    fs.appendFileSync("accounts", config.get("account") + "\\n");
  }),
};
`;

/** What `stack export` gives. */
export interface Exported {
  resources?: { urn: string; id?: string; outputs?: Record<string, unknown>; initErrors?: string[] }[];
  pending_operations?: { resource: { urn: string }; type: string }[];
}

/** A call that the fixture's provider had. */
export interface FixtureCall {
  method: string;
  at: "start" | "end";
  args: unknown[];
}

/** A project of its own with a program, and a stack. */
export class Fixture {
  readonly folder = mkdtempSync(path.join(tmpdir(), "roster-fixture-"));
  readonly sandbox: Sandbox;

  private constructor(program: string) {
    writeFileSync(path.join(this.folder, "library.js"), library);
    writeFileSync(path.join(this.folder, "provider.js"), provider);
    writeFileSync(path.join(this.folder, "package.json"), '{"main":"index.js"}');
    const settings = "name: fixture\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n";
    writeFileSync(path.join(this.folder, "Pulumi.yaml"), settings);
    symlinkSync(path.join(REPOSITORY, "node_modules"), path.join(this.folder, "node_modules"));
    this.program(program);
    this.sandbox = new Sandbox({ engine: findEngine("stand-in"), cwd: this.folder });
  }

  /** Makes the project and its stack. */
  static async open(program: string): Promise<Fixture> {
    const fixture = new Fixture(program);
    await fixture.sandbox.open();
    return fixture;
  }

  /** Replaces the program. */
  program(text: string): void {
    this.write("index.js", `const { pulumi, Item } = require("./library.js");\n${text}`);
  }

  write(name: string, text: string): void {
    writeFileSync(path.join(this.folder, name), text);
  }

  read(name: string): string {
    const file = path.join(this.folder, name);
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  /** Runs a command and returns all that it said. */
  async run(args: string[], options: RunOptions = {}): Promise<string> {
    const { stdout, stderr } = await this.sandbox.run(args, options);
    return stdout + stderr;
  }

  /** Changes the stack to what the program says. */
  up(options: RunOptions & { flags?: string[] } = {}): Promise<string> {
    return this.run(["up", "--yes", "--skip-preview", ...(options.flags ?? [])], options);
  }

  /** What the provider was asked. */
  calls(): FixtureCall[] {
    return this.read("calls.jsonl")
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as FixtureCall);
  }

  /** Waits until the provider was asked for something, so many times. */
  async started(method: string, count = 1): Promise<void> {
    const seen = (): number => this.calls().filter((call) => call.method === method && call.at === "start").length;
    while (seen() < count) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  async exported(): Promise<Exported> {
    return (await this.sandbox.json<{ deployment: Exported }>(["stack", "export"])).deployment;
  }

  /** The names of the resources in the state. */
  async items(): Promise<string[]> {
    const { resources = [] } = await this.exported();
    return resources.filter(({ urn }) => urn.includes("fixture:Item")).map(({ urn }) => parseUrn(urn).name);
  }

  /** What was under way when a run was cut off. */
  async pending(): Promise<[name: string, type: string][]> {
    const { pending_operations: pending = [] } = await this.exported();
    return pending.map(({ resource, type }) => [parseUrn(resource.urn).name, type]);
  }

  /** The files that lock the stack. */
  locks(): string[] {
    return readdirSync(path.join(this.sandbox.folder, "state/.pulumi/locks/organization/fixture/dev"));
  }

  /** Removes everything. */
  async close(): Promise<void> {
    await this.sandbox.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
