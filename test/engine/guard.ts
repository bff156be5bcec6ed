import { createRequire } from "node:module";
import type * as nodeUtil from "node:util";

/*
 * Loaded before Pulumi's own code in every process that the engine starts.
 *
 * Ctrl+C in a terminal reaches the whole group of processes, but it is the engine that decides what an interrupt means;
 * and when the engine is killed, nobody else would end these processes: their standard input is a pipe that it holds.
 */
process.on("SIGINT", () => undefined);
process.stdin.on("close", () => process.exit(1));
process.stdin.on("error", () => process.exit(1));
process.stdin.resume();
(process.stdin as unknown as { unref?: () => void }).unref?.();

/*
 * Pulumi colours the stack of an error, and Node 20 takes half a minute and two gigabytes for that where the stack has
 * a file right under `node_modules/@scope/`, as Pulumi's source maps say that its own are. Nobody here wants colours.
 */
// As it is for everybody: an import would be a copy.
const util = createRequire(__filename)("node:util") as { inspect: typeof nodeUtil.inspect };
const { inspect } = util;
util.inspect = new Proxy(inspect, {
  apply(target, self, [value, options, ...rest]: unknown[]) {
    const plain = typeof options === "object" && options !== null ? { ...options, colors: false } : options;
    return Reflect.apply(target, self, [value, plain, ...rest]) as unknown;
  },
});
