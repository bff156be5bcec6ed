import { main } from "./cli";
import { allEnded } from "./processes";
import type { ResidentCommand } from "./residents";

/*
 * Runs the commands that residents.ts sends, one after the other. Each has its own environment and folder, and is over
 * when all that it started is: what then stands at the end of both outputs tells how it ended.
 */
async function run({ args, cwd, env, mark }: ResidentCommand): Promise<void> {
  for (const name of Object.keys(process.env)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, env);
  process.chdir(cwd);
  const code = await main([...args]);
  await allEnded();
  for (const stream of [process.stdout, process.stderr]) stream.write(`${mark}${String(code)}\n`);
}

process.on("message", (command: ResidentCommand) => void run(command));
process.on("disconnect", () => process.exit());
