/*
 * A stand-in for the `pulumi` command, for where the Pulumi CLI cannot be had: `node dist/test/engine/pulumi.js preview`.
 *
 * It runs the unchanged program with Pulumi's own runner and the unchanged provider with Pulumi's own process for dynamic
 * resources, both over Pulumi's protocol, and keeps states in Pulumi's own files, so that either can go on where the
 * other stopped. It knows what Roster's tests and examples use and refuses the rest by name.
 *
 *   cli, workspace, project, *-commands    the command line, what it is about, and commands that run nothing
 *   operation, run                         preview, up, refresh, destroy
 *   monitor, program, provider, processes  the protocol, and the processes that speak it
 *   deployment, planner, differ, ...       what there is to do, step by step
 *   executor, apply, snapshot              doing it, side by side, and keeping the state at each step
 *   state, secrets, keys, backend          states: their form, their secrets, their files and locks
 *   display/                               what people and programs read
 *   index                                  for tests: which engine there is, and a sandbox to run it in
 *   residents, resident                    for tests: processes that stay for the next command
 */
import { main } from "./cli";

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
