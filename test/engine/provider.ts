import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import * as status from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import * as path from "node:path";
import { deferred, type Deferred } from "./deferred";
import { ended, pulumiModule, startNode, type LineHandler } from "./processes";
import type { Project } from "./project";
import type { ResourceState } from "./state";
import { annotateSecrets, plainProperties, type Properties } from "./values";

/** For every channel: the default of 4 MiB fails on a large resource. */
export const channelOptions = { "grpc.max_receive_message_length": 400 * 1024 * 1024 };

/** Properties as a message. */
export function toStruct(properties: Properties): Struct {
  return Struct.fromJavaScript(properties);
}

/** A message as properties. */
export function fromStruct(struct: Struct | undefined): Properties {
  return struct?.toJavaScript() ?? {};
}

/** A creation or change that the provider did not finish, with what is true now. */
export class PartialFailure extends Error {
  constructor(
    readonly id: string,
    readonly properties: Properties,
    readonly reasons: string[],
  ) {
    const count = reasons.length === 1 ? "1 error" : `${String(reasons.length)} errors`;
    super(
      reasons.length === 0
        ? "resource init failed"
        : `${count} occurred:\n${reasons.map((reason) => `\t* ${reason}\n`).join("")}\n`,
    );
  }
}

/** What a provider says of a difference. */
export interface DiffAnswer {
  /** Undefined when the provider does not know. */
  changes: boolean | undefined;
  replaces: string[];
  deleteBeforeReplace: boolean;
}

/** What the process loads for answers that are too long for headers. */
const spillFile = path.join(__dirname, "spill.js");

type Done<Response> = (error: grpc.ServiceError | null, response: Response) => void;

/** Pulumi's own provider process for dynamic resources, with one configuration. */
export class Provider {
  private constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    private readonly client: ResourceProviderClient,
    private readonly spilled: Spilled,
  ) {}

  /** Makes a call and waits for its answer. */
  private call<Response>(call: (done: Done<Response>) => unknown): Promise<Response> {
    return new Promise((resolve, reject) => {
      call((error, response) => {
        if (error) failureOf(error, this.spilled).then(reject, reject);
        else resolve(response);
      });
    });
  }

  /** Starts the process. */
  static async start(project: Project, engineAddress: string, onLine: LineHandler): Promise<Provider> {
    let told = false;
    const spilled = new Spilled();
    const { promise: port, resolve, reject } = deferred<string>();
    const child = startNode([pulumiModule(project, "cmd/dynamic-provider"), engineAddress], {
      cwd: project.programFolder,
      env: providerEnvironment(project),
      beside: { preload: spillFile, onLine: (line) => spilled.take(line) },
      onLine: (stream, line) => {
        if (told || stream === "stderr") onLine(stream, line);
        else resolve(line.trim());
        told ||= stream === "stdout";
      },
    });
    void ended(child).then(
      ({ code }) => reject(new Error(`the provider process exited with code ${String(code)}`)),
      reject,
    );
    const address = `127.0.0.1:${await port}`;
    return new Provider(
      child,
      new ResourceProviderClient(address, grpc.credentials.createInsecure(), channelOptions),
      spilled,
    );
  }

  /** Gives the process its configuration, all in clear. */
  async configure(config: Properties): Promise<void> {
    const request = new proto.ConfigureRequest();
    request.setArgs(toStruct(plainProperties(config)));
    await this.call<proto.ConfigureResponse>((done) => this.client.configure(request, done));
  }

  /** Validates and completes inputs. */
  async check(
    urn: string,
    olds: Properties,
    news: Properties,
  ): Promise<{ inputs: Properties; failures: CheckFailure[] }> {
    const request = new proto.CheckRequest();
    request.setUrn(urn);
    request.setOlds(toStruct(plainProperties(olds)));
    request.setNews(toStruct(plainProperties(news)));
    const response = await this.call<proto.CheckResponse>((done) => this.client.check(request, done));
    const failures = response.getFailuresList();
    return {
      inputs: annotateSecrets(fromStruct(response.getInputs()), news),
      failures: failures.map((failure) => ({ property: failure.getProperty(), reason: failure.getReason() })),
    };
  }

  /** Compares what is there with what is wanted. */
  async diff(state: ResourceState, news: Properties): Promise<DiffAnswer> {
    const request = new proto.DiffRequest();
    request.setUrn(state.urn);
    request.setId(state.id ?? "");
    request.setOlds(toStruct(plainProperties(state.outputs ?? {})));
    request.setOldInputs(toStruct(plainProperties(state.inputs ?? {})));
    request.setNews(toStruct(plainProperties(news)));
    const response = await this.call<proto.DiffResponse>((done) => this.client.diff(request, done));
    const { DIFF_SOME, DIFF_NONE } = proto.DiffResponse.DiffChanges;
    const changes = response.getChanges();
    return {
      changes: changes === DIFF_SOME ? true : changes === DIFF_NONE ? false : undefined,
      replaces: response.getReplacesList(),
      deleteBeforeReplace: response.getDeletebeforereplace(),
    };
  }

  /** Creates a resource. */
  async create(urn: string, inputs: Properties): Promise<{ id: string; outputs: Properties }> {
    const request = new proto.CreateRequest();
    request.setUrn(urn);
    request.setProperties(toStruct(plainProperties(inputs)));
    const made = this.call<proto.CreateResponse>((done) => this.client.create(request, done));
    const response = await annotating(made, inputs);
    if (response.getId() === "") throw new Error(`plugin returned empty resource.ID from create '${urn}'`);
    return { id: response.getId(), outputs: annotateSecrets(fromStruct(response.getProperties()), inputs) };
  }

  /** Changes a resource. */
  async update(old: ResourceState, inputs: Properties): Promise<Properties> {
    const request = new proto.UpdateRequest();
    request.setUrn(old.urn);
    request.setId(old.id ?? "");
    request.setOlds(toStruct(plainProperties(old.outputs ?? {})));
    request.setOldInputs(toStruct(plainProperties(old.inputs ?? {})));
    request.setNews(toStruct(plainProperties(inputs)));
    const changed = this.call<proto.UpdateResponse>((done) => this.client.update(request, done));
    return annotateSecrets(fromStruct((await annotating(changed, inputs)).getProperties()), inputs);
  }

  /** Reads a resource as it is. An empty id says that it is gone. */
  async read(state: ResourceState): Promise<{ id: string; outputs: Properties; inputs?: Properties }> {
    const request = new proto.ReadRequest();
    request.setUrn(state.urn);
    request.setId(state.id ?? "");
    request.setProperties(toStruct(plainProperties(state.outputs ?? {})));
    request.setInputs(toStruct(plainProperties(state.inputs ?? {})));
    const response = await this.call<proto.ReadResponse>((done) => this.client.read(request, done));
    const inputs = response.getInputs();
    return {
      id: response.getId(),
      outputs: annotateSecrets(fromStruct(response.getProperties()), state.outputs ?? {}),
      ...(inputs && { inputs: annotateSecrets(fromStruct(inputs), state.inputs ?? {}) }),
    };
  }

  /** Deletes a resource. */
  async delete(state: ResourceState): Promise<void> {
    const request = new proto.DeleteRequest();
    request.setUrn(state.urn);
    request.setId(state.id ?? "");
    request.setProperties(toStruct(plainProperties(state.outputs ?? {})));
    request.setOldInputs(toStruct(plainProperties(state.inputs ?? {})));
    await this.call<Empty>((done) => this.client.delete(request, done));
  }

  /** Tells the provider that the run is being interrupted. */
  async cancel(): Promise<void> {
    await this.call<Empty>((done) => this.client.cancel(new Empty(), done));
  }

  /** Ends the process. */
  async close(): Promise<void> {
    this.client.close();
    const gone = ended(this.child);
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill("SIGTERM");
    await gone;
  }
}

/** A property that a provider refuses. */
export interface CheckFailure {
  property: string;
  reason: string;
}

function providerEnvironment(project: Project): NodeJS.ProcessEnv {
  const options = Object.entries(project.runtimeOptions).map(([name, value]) => [
    `PULUMI_RUNTIME_${name.toUpperCase()}`,
    String(value),
  ]);
  return {
    ...process.env,
    PULUMI_NODEJS_PROJECT: project.name,
    PULUMI_PROJECT: project.name,
    ...(Object.fromEntries(options) as Record<string, string>),
    PULUMI_CONFIG: "{}",
  };
}

async function failureOf(error: grpc.ServiceError, spilled: Spilled): Promise<Error> {
  const [details] = error.metadata.get("grpc-status-details-bin");
  if (details instanceof Buffer) {
    const long = await spilled.get(details.toString("latin1"));
    const whole = long === undefined ? details : Buffer.from(long, "base64");
    for (const detail of status.Status.deserializeBinary(new Uint8Array(whole)).getDetailsList()) {
      const failed: proto.ErrorResourceInitFailed | null = detail.unpack(
        (bytes) => proto.ErrorResourceInitFailed.deserializeBinary(bytes),
        "pulumirpc.ErrorResourceInitFailed",
      );
      const properties = fromStruct(failed?.getProperties());
      if (failed) return new PartialFailure(failed.getId(), properties, failed.getReasonsList());
    }
  }
  const long = await spilled.get(error.details);
  return new Error(long === undefined ? error.details : decodeURIComponent(long));
}

/** What was too long for a header and came through the pipe. */
class Spilled {
  private readonly values = new Map<string, Deferred<string>>();

  private entry(id: string): Deferred<string> {
    const entry = this.values.get(id) ?? deferred<string>();
    this.values.set(id, entry);
    return entry;
  }

  take(line: string): void {
    const { id, value } = JSON.parse(line) as { id: string; value: string };
    this.entry(id).resolve(value);
  }

  /** The value of a header, if it says that it went through the pipe. */
  async get(header: string): Promise<string | undefined> {
    return /^spilled:\d+$/.test(header) ? this.entry(header).promise : undefined;
  }
}

/** Puts secretness back also on what a partial failure brings. */
async function annotating<T>(answer: Promise<T>, sent: Properties): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof PartialFailure)) throw error;
    throw new PartialFailure(error.id, annotateSecrets(error.properties, sent), error.reasons);
  }
}
