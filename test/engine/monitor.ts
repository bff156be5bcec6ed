import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as engine from "@pulumi/pulumi/proto/engine_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Severity } from "./events";
import { messageOf } from "./errors";
import { goalOf, type Goal } from "./goal";
import { channelOptions, fromStruct, toStruct } from "./provider";
import type { Registered } from "./steps";
import type { Properties } from "./values";

/** What a program asks of the engine. */
export interface MonitorHandler {
  register(goal: Goal): Promise<Registered>;
  registerOutputs(urn: string, outputs: Properties): Promise<void>;
  /** The program has said all that it has to say. Resolves when it may end. */
  finished(): Promise<void>;
  log(severity: Severity, message: string, urn: string, stream: number): void;
}

/** Thrown at registrations that come when nothing more is taken. The SDK then ends the program quietly. */
export class MonitorClosed extends Error {}

const features = ["secrets", "resourceReferences", "outputValues", "deletedWith", "aliasSpecs"];

const results = {
  success: proto.Result.SUCCESS,
  failed: proto.Result.FAIL,
  skipped: proto.Result.SKIP,
};

/** The server that a program and a provider talk to. */
export class Monitor {
  private constructor(
    private readonly server: grpc.Server,
    /** Where it listens. */
    readonly address: string,
  ) {}

  /** Starts the server on a free port of the loopback interface. */
  static async start(handler: MonitorHandler): Promise<Monitor> {
    const server = new grpc.Server(channelOptions);
    server.addService(ResourceMonitorService, monitorMethods(handler));
    server.addService(EngineService, engineMethods(handler));
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
        if (error) reject(error);
        else resolve(bound);
      });
    });
    return new Monitor(server, `127.0.0.1:${String(port)}`);
  }

  /** Cuts all connections. */
  close(): void {
    this.server.forceShutdown();
  }
}

/** A method of a service from an asynchronous function. */
function unary<Request, Response>(act: (request: Request) => Promise<Response> | Response) {
  return (call: grpc.ServerUnaryCall<Request, Response>, callback: grpc.sendUnaryData<Response>): void => {
    Promise.resolve()
      .then(() => act(call.request))
      .then(
        (response) => callback(null, response),
        (error: unknown) => {
          const code = error instanceof MonitorClosed ? grpc.status.UNAVAILABLE : grpc.status.UNKNOWN;
          callback({ code, details: messageOf(error) });
        },
      );
  };
}

function monitorMethods(handler: MonitorHandler): grpc.UntypedServiceImplementation {
  return {
    supportsFeature: unary((request: proto.SupportsFeatureRequest) => {
      const response = new proto.SupportsFeatureResponse();
      response.setHassupport(features.includes(request.getId()));
      return response;
    }),
    registerResource: unary(async (request: proto.RegisterResourceRequest) => {
      return answer(await handler.register(goalOf(request)));
    }),
    registerResourceOutputs: unary(async (request: proto.RegisterResourceOutputsRequest) => {
      await handler.registerOutputs(request.getUrn(), fromStruct(request.getOutputs()));
      return new Empty();
    }),
    signalAndWaitForShutdown: unary(async () => {
      await handler.finished();
      return new Empty();
    }),
    invoke: unary((request: proto.ResourceInvokeRequest) => {
      throw new Error(`this engine knows no functions of providers: ${request.getTok()}`);
    }),
    readResource: unary((request: proto.ReadResourceRequest) => {
      throw new Error(`this engine does not read resources that it does not manage: ${request.getType()}`);
    }),
  };
}

function answer({ state, result }: Registered): proto.RegisterResourceResponse {
  const response = new proto.RegisterResourceResponse();
  response.setUrn(state.urn);
  response.setId(state.id ?? "");
  response.setObject(toStruct(state.outputs ?? {}));
  response.setResult(results[result]);
  return response;
}

const severities: Partial<Record<engine.LogSeverity, Severity>> = {
  [engine.LogSeverity.INFO]: "info",
  [engine.LogSeverity.WARNING]: "warning",
  [engine.LogSeverity.ERROR]: "error",
};

function engineMethods(handler: MonitorHandler): grpc.UntypedServiceImplementation {
  let root = "";
  return {
    log: unary((request: engine.LogRequest) => {
      const severity = severities[request.getSeverity()];
      if (severity !== undefined && !request.getEphemeral()) {
        handler.log(severity, request.getMessage(), request.getUrn(), request.getStreamid());
      }
      return new Empty();
    }),
    setRootResource: unary((request: engine.SetRootResourceRequest) => {
      root = request.getUrn();
      return new engine.SetRootResourceResponse();
    }),
    getRootResource: unary(() => {
      const response = new engine.GetRootResourceResponse();
      response.setUrn(root);
      return response;
    }),
    requirePulumiVersion: unary(() => new engine.RequirePulumiVersionResponse()),
  };
}
