import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import * as path from "node:path";
import { Backend } from "./backend";
import { decryptConfig, type Config } from "./config";
import { CliError, exitCodes } from "./errors";
import { readProject, readSettings, writeSettings, type Project, type StackSettings } from "./project";
import { Crypter, passphrase } from "./secrets";

/** The options that every command has. */
export interface GlobalOptions {
  stack?: string;
  cwd?: string;
}

function home(): string {
  return process.env["PULUMI_HOME"] ?? path.join(homedir(), ".pulumi");
}

function readJson<T>(file: string): Partial<T> {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Partial<T>) : {};
}

function writeJson(file: string, content: object): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(content, null, 4));
}

const credentialsFile = (): string => path.join(home(), "credentials.json");

/** Remembers where states are kept. */
export function login(url: string): void {
  if (!url.startsWith("file://"))
    throw new CliError(`this engine keeps state in files only: login file://..., not ${url}`);
  writeJson(credentialsFile(), { current: url });
}

/** The project, the backend and the stack that a command is about. */
export class Workspace {
  readonly project: Project;
  readonly backend: Backend;

  constructor(private readonly options: GlobalOptions) {
    this.project = readProject(options.cwd ?? process.cwd());
    const url =
      process.env["PULUMI_BACKEND_URL"] ??
      this.project.backendUrl ??
      readJson<{ current: string }>(credentialsFile()).current;
    if (!url) {
      throw new CliError(
        "no backend: set PULUMI_BACKEND_URL to file://<folder>, or log in with `pulumi login file://<folder>`",
      );
    }
    this.backend = new Backend(url, this.project.name);
  }

  private get selectionFile(): string {
    const digest = createHash("sha1").update(path.join(this.project.root, "Pulumi.yaml")).digest("hex");
    return path.join(home(), "workspaces", `${this.project.name}-${digest}-workspace.json`);
  }

  /** The name of the stack in use. */
  get stack(): string {
    const name = this.selected();
    if (!name) {
      throw new CliError(
        "no stack selected; please use `pulumi stack select` or give one with --stack",
        exitCodes.stackNotFound,
      );
    }
    return name;
  }

  /** The name of the stack in use, if there is one. */
  selected(): string | undefined {
    const given =
      this.options.stack ?? process.env["PULUMI_STACK"] ?? readJson<{ stack: string }>(this.selectionFile).stack;
    return given && stackName(given, this.project.name);
  }

  /** Takes a stack into use. */
  select(stack: string | undefined): void {
    writeJson(this.selectionFile, stack === undefined ? {} : { stack });
  }

  settings(): StackSettings {
    return readSettings(this.project, this.stack);
  }

  save(settings: StackSettings): void {
    writeSettings(this.project, this.stack, settings);
  }

  /** What encrypts and decrypts the secrets of the stack; makes a salt for a stack that has none. */
  async crypter(): Promise<Crypter> {
    const settings = this.settings();
    if (settings.encryptionsalt) return Crypter.open(passphrase(), settings.encryptionsalt);
    const crypter = await Crypter.create(passphrase());
    this.save({ encryptionsalt: crypter.state, ...settings });
    return crypter;
  }

  config(crypter: Crypter): Config {
    return decryptConfig(this.settings().config ?? {}, crypter);
  }
}

/** The name of a stack without the organization and project that may come with it. */
export function stackName(given: string, project: string): string {
  const parts = given.split("/");
  const [organization, itsProject] =
    parts.length === 3 ? parts : [parts.length === 2 ? parts[0] : undefined, undefined];
  if (organization !== undefined && organization !== "organization") {
    throw new CliError(`the organization of a stack in files is "organization", not "${organization}"`);
  }
  if (itsProject !== undefined && itsProject !== project) {
    throw new CliError(`stack ${given} is of another project than ${project}`);
  }
  return parts.at(-1) ?? given;
}
