import { PROVIDER } from "./arguments.js";
import type { Config, ConfigKey } from "./configKeys.js";
import { engineHasHeard, tellEngine } from "./engineLog.js";
import { RosterError } from "./errors.js";
import { NOW, NO_TIME, clockTime } from "./instants.js";
import { leaveToEngine } from "./leaveToEngine.js";
import { normalize } from "./normalize.js";
import { redact } from "./redact.js";
import { report } from "./report.js";
import type { Host, Properties, Resource } from "./resource.js";
import { reviewed, reviewing } from "./reviewed.js";
import { keepingSecrets } from "./secretArguments.js";
import { wantsStacks } from "./stacks.js";

/** The configuration of a run as Pulumi's provider process hands it over. */
export interface ConfigureRequest {
  readonly config: Config;
}

/** The object that Pulumi's provider process calls for the resources of one token. */
export interface DynamicProvider {
  configure(request: ConfigureRequest): Promise<void>;
  check(olds: Properties, news: Properties): Promise<unknown>;
  diff(id: string, olds: Properties, news: Properties): Promise<unknown>;
  create(inputs: Properties): Promise<unknown>;
  read(id: string, props: Properties): Promise<unknown>;
  update(id: string, olds: Properties, news: Properties): Promise<unknown>;
  delete(id: string, props: Properties): Promise<void>;
}

/**
 * All handlers of a process share one host, so that its resources share sessions, whatever their token. It is made at
 * the first configure: every token is configured with the same config.
 */
let host: Host | undefined;

function hostFor(request: ConfigureRequest): Host {
  host ??= reviewing(newRun(request), request.config);
  return host;
}

function newRun(request: ConfigureRequest): Host {
  return {
    options: { maxRemovals: numberOf(request, "roster:maxRemovals"), offline: flagOf(request, "roster:offline") },
    // A copy: each access to process.env is a system call, and every resource looks for every setting.
    environment: { ...process.env },
    connections: request.config.get("roster:connections"),
    sessions: new Map(),
    known: new Set(),
    now: () => clock(process.env[NOW]),
    warn: (text) => {
      tellEngine("warning", redact(text));
    },
    tell: (text) => {
      tellEngine("info", redact(text));
    },
  };
}

function clock(text: string | undefined): Date {
  const time = clockTime(text);
  if (time !== undefined) return time;
  throw new RosterError(NO_TIME.headline(text), { remedy: NO_TIME.remedy });
}

function numberOf({ config }: ConfigureRequest, key: ConfigKey): number | undefined {
  const text = config.get(key);
  if (text === undefined || text === "") return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw new RosterError(`Pulumi config ${key} is ${JSON.stringify(text)}, which is not a whole number`);
}

function flagOf({ config }: ConfigureRequest, key: ConfigKey): boolean {
  const text = config.get(key);
  if (text === undefined || text === "" || text === "false") return false;
  if (text === "true") return true;
  throw new RosterError(`Pulumi config ${key} is ${JSON.stringify(text)}; it can be true or false`);
}

/**
 * Makes the provider of one token. Pulumi's process keeps it before `configure` is done, so calls can come in between,
 * and forgets a configure that failed: every method waits for the one promise.
 */
export function makeProvider(load: () => Promise<Resource>): DynamicProvider {
  let resolveHost: (host: Host) => void;
  let rejectHost: (error: unknown) => void;
  const configured = new Promise<Host>((resolve, reject) => {
    resolveHost = resolve;
    rejectHost = reject;
  });
  // Every method reports the failure itself; without this line Node.js would also report it as unhandled.
  configured.catch(() => undefined);
  async function call<T>(method: (resource: Resource, run: Host) => Promise<T>): Promise<T> {
    try {
      const [resource, run] = await Promise.all([load().then(keepingSecrets).then(reviewed), configured]);
      return await method(resource, run).finally(engineHasHeard);
    } catch (error) {
      if (error instanceof RosterError && error.fault !== undefined) report({ kind: "fault", fault: error.fault });
      if (error instanceof RosterError && !wantsStacks()) leaveToEngine(error);
      throw error;
    }
  }

  return {
    configure(request) {
      try {
        resolveHost(hostFor(request));
      } catch (error) {
        rejectHost(error);
      }
      return Promise.resolve();
    },
    check: (olds, news) => call((resource, run) => resource.check(run, bare(olds), bare(news))),
    diff: (id, olds, news) => call((resource, run) => resource.diff(run, id, bare(olds), bare(news))),
    create: (inputs) =>
      call(async (resource, run) => {
        const { id, outs } = await resource.create(run, inputs);
        return { id, outs: normalize(outs) };
      }),
    read: (id, props) => call((resource, run) => resource.read(run, id, bare(props))),
    update: (id, olds, news) =>
      call(async (resource, run) => {
        const { outs } = await resource.update(run, id, bare(olds), news);
        return { outs: normalize(outs) };
      }),
    delete: (id, props) => call((resource, run) => resource.delete(run, id, bare(props))),
  };
}

function bare(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => name !== PROVIDER));
}
