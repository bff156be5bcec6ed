/** What a line in the diagnostics of the CLI is. */
export type Severity = "info" | "warning";

/** Pulumi's numbers for them (`LogSeverity` in its engine.proto). */
const SEVERITIES: Readonly<Record<Severity, number>> = { info: 1, warning: 2 };

/** The file that Pulumi's provider process for dynamic resources runs. */
const PROCESS = /[\\/]cmd[\\/]dynamic-provider[\\/]index\.js$/;

/** What this file needs of Pulumi's own modules. */
interface LogRequest {
  setSeverity(severity: number): void;
  setMessage(message: string): void;
}
interface EngineClient {
  log(request: LogRequest, done: (error: Error | null) => void): void;
}
interface Engine {
  readonly client: EngineClient;
  readonly Request: new () => LogRequest;
}

let engine: Engine | undefined;
/** What was told and has not arrived. */
const underWay = new Set<Promise<void>>();

/**
 * Tells the engine something for the diagnostics of the CLI. What a provider prints is shown too, but a line at a time
 * and as nothing but information, also where it is a warning (tried with the CLI 3.260); so the engine is told as
 * `pulumi.log` of a program tells it. Where there is none, as in a program's own process, it is printed.
 */
export function tellEngine(severity: Severity, text: string): void {
  const print = (): void => {
    if (severity === "warning") console.warn(`warning: ${text}`);
    else console.log(text);
  };
  try {
    engine ??= openEngine();
  } catch {
    // Another version of Pulumi may have its modules elsewhere. What is told matters more than how.
  }
  if (engine === undefined) {
    print();
    return;
  }
  const told = send(engine, severity, text).catch(print);
  underWay.add(told);
  void told.then(() => underWay.delete(told));
}

/** Waits until all that was told has arrived: Pulumi ends the process soon after its last answer. */
export async function engineHasHeard(): Promise<void> {
  if (underWay.size > 0) await Promise.all(underWay);
}

function send({ client, Request }: Engine, severity: Severity, text: string): Promise<void> {
  const request = new Request();
  request.setSeverity(SEVERITIES[severity]);
  request.setMessage(text);
  return new Promise((resolve, reject) => {
    client.log(request, (error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
}

/**
 * The engine that started this process, which gets its address as its argument. Its modules are those that Pulumi's
 * process has loaded already: nothing of Pulumi comes with this package.
 */
function openEngine(): Engine | undefined {
  const [, , address] = process.argv;
  const { main } = require;
  if (main === undefined || address === undefined || !PROCESS.test(main.filename)) return undefined;
  const { credentials } = main.require("@grpc/grpc-js") as { credentials: { createInsecure(): unknown } };
  const { EngineClient: Client } = main.require("../../proto/engine_grpc_pb") as {
    EngineClient: new (address: string, credentials: unknown) => EngineClient;
  };
  const { LogRequest: Request } = main.require("../../proto/engine_pb") as { LogRequest: Engine["Request"] };
  return { client: new Client(address, credentials.createInsecure()), Request };
}
