import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { configGet, configList, configRemove, configSet } from "./config-commands";
import { Bail, CliError, exitCodes, messageOf } from "./errors";
import { operate, type Command as Operation, type OperationOptions } from "./operation";
import {
  stackExport,
  stackImport,
  stackInit,
  stackList,
  stackOutput,
  stackRemove,
  stackSelect,
} from "./stack-commands";
import { engineVersion } from "./version";
import { login, Workspace, type GlobalOptions } from "./workspace";

interface UpOptions extends OperationOptions {
  yes?: boolean;
  skipPreview?: boolean;
}

function count(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("it must be a whole number");
  return Number(text) || Infinity;
}

function list(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** A truth value that may be given as `--flag` or `--flag=false`. */
function flag(name: string, description: string): Option {
  return new Option(`${name} [value]`, description).argParser((text: string) => {
    if (text !== "true" && text !== "false") throw new InvalidArgumentError("it must be true or false");
    return text === "true";
  });
}

function shared(command: Command): Command {
  return command
    .option("-s, --stack <name>", "the stack to work on")
    .option("-C, --cwd <folder>", "run as if started there")
    .option("--non-interactive", "never ask")
    .addOption(new Option("--color <when>", "colorize output").choices(["always", "never", "raw", "auto"]))
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
}

function runOptions(command: Command): Command {
  return shared(command)
    .option("--diff", "show every property")
    .option("-m, --message <text>", "a message to go with the update")
    .option("-p, --parallel <count>", "how many operations go side by side", count)
    .option("-t, --target <urn>", "the only resources to look at; may be given often", list)
    .option("--exclude <urn>", "resources that are left out; may be given often", list)
    .addOption(flag("--expect-no-changes", "fail if there are any"))
    .addOption(flag("--show-full-output", "do not cut long values"))
    .addOption(flag("--continue-on-error", "go on after a failure"));
}

function changeOptions(command: Command): Command {
  return runOptions(command)
    .addOption(flag("-y, --yes", "go ahead"))
    .addOption(flag("-f, --skip-preview", "change without a preview"));
}

/** Wraps what a command does, so that options of the program and of the command come together. */
function action(act: (workspace: Workspace, options: never, ...args: (string | undefined)[]) => Promise<void> | void) {
  return async (...given: unknown[]): Promise<void> => {
    const command = given.at(-1) as Command;
    const options = command.optsWithGlobals<GlobalOptions>();
    if (options.cwd) process.chdir(options.cwd);
    await act(new Workspace(options), options as never, ...(given.slice(0, -2) as (string | undefined)[]));
  };
}

/** Previews unless told not to, then changes. */
async function change(workspace: Workspace, operation: Operation, options: UpOptions): Promise<void> {
  if (!options.yes && !options.skipPreview) {
    throw new CliError(
      "--yes or --skip-preview must be passed in to proceed when running in non-interactive mode",
      exitCodes.noConfirmation,
    );
  }
  if (!options.skipPreview) {
    await operate(workspace, operation, true, options);
    process.stdout.write("\n");
  }
  await operate(workspace, operation, false, options);
}

function addOperations(program: Command): void {
  runOptions(program.command("preview"))
    .option("-j, --json", "print one JSON document")
    .addOption(flag("-r, --refresh", "read everything first"))
    .action(action((workspace, options: OperationOptions) => operate(workspace, "preview", true, options)));
  changeOptions(program.command("up").alias("update"))
    .addOption(flag("-r, --refresh", "read everything first"))
    .action(action((workspace, options: UpOptions) => change(workspace, "up", options)));
  changeOptions(program.command("refresh"))
    .option("--clear-pending-creates", "forget creations that were cut off")
    .addOption(flag("--run-program", "run the program, for its configuration"))
    .action(action((workspace, options: UpOptions) => change(workspace, "refresh", options)));
  changeOptions(program.command("destroy"))
    .addOption(flag("-r, --refresh", "read everything first"))
    .addOption(flag("--run-program", "run the program, for its configuration"))
    .action(
      action(async (workspace, options: UpOptions) => {
        await change(workspace, "destroy", options);
        process.stdout.write(
          "The resources in the stack have been deleted, but the history and configuration associated with the stack " +
            `are still maintained. \nIf you want to remove the stack completely, run \`pulumi stack rm ${workspace.stack}\`.\n`,
        );
      }),
    );
  shared(program.command("cancel"))
    .argument("[stack]")
    .option("-y, --yes", "go ahead")
    .action(
      action((workspace, options: UpOptions, name) => {
        if (!options.yes)
          throw new CliError(
            "--yes must be passed in to proceed when running in non-interactive mode",
            exitCodes.noConfirmation,
          );
        const stack = name ?? workspace.stack;
        workspace.backend.breakLocks(stack);
        process.stdout.write(`The currently running update for '${stack}' has been canceled!\n`);
      }),
    );
}

function addStackCommands(program: Command): void {
  const stack = shared(program.command("stack"));
  shared(stack.command("init"))
    .argument("[name]")
    .action(action((workspace, _options, name) => stackInit(workspace, name)));
  shared(stack.command("select"))
    .argument("[name]")
    .option("-c, --create", "make it if it is not there")
    .action(
      action((workspace, options: { create?: boolean }, name) => stackSelect(workspace, name, options.create ?? false)),
    );
  shared(stack.command("ls"))
    .option("-j, --json", "print JSON")
    .action(action((workspace, options: { json?: boolean }) => stackList(workspace, options.json ?? false)));
  shared(stack.command("rm"))
    .argument("[name]")
    .option("-f, --force", "also with resources in it")
    .option("-y, --yes", "go ahead")
    .option("--preserve-config", "keep the settings file")
    .action(
      action((workspace, options: { force?: boolean; yes?: boolean; preserveConfig?: boolean }, name) => {
        if (!options.yes)
          throw new CliError(
            "--yes must be passed in to proceed when running in non-interactive mode",
            exitCodes.noConfirmation,
          );
        stackRemove(workspace, name, options.force ?? false, options.preserveConfig ?? false);
      }),
    );
  shared(stack.command("export"))
    .option("--show-secrets", "secrets in clear")
    .option("--file <file>", "where to write")
    .action(action((workspace, options: { showSecrets?: boolean; file?: string }) => stackExport(workspace, options)));
  shared(stack.command("import"))
    .option("--file <file>", "what to read")
    .action(action((workspace, options: { file?: string }) => stackImport(workspace, options)));
  shared(stack.command("output"))
    .argument("[name]")
    .option("-j, --json", "print JSON")
    .option("--show-secrets", "secrets in clear")
    .action(
      action((workspace, options: { json?: boolean; showSecrets?: boolean }, name) =>
        stackOutput(workspace, name, options),
      ),
    );
}

function addConfigCommands(program: Command): void {
  const config = shared(program.command("config"))
    .option("-j, --json", "print JSON")
    .option("--show-secrets", "secrets in clear")
    .action(action((workspace, options: { json?: boolean; showSecrets?: boolean }) => configList(workspace, options)));
  shared(config.command("set"))
    .argument("<key>")
    .argument("[value]")
    .option("--secret", "encrypt it")
    .option("--plaintext", "do not encrypt it")
    .option("--path", "the key is a path into an object")
    .action(
      action((workspace, options: { secret?: boolean; path?: boolean }, key, value) =>
        configSet(workspace, key ?? "", value, options),
      ),
    );
  shared(config.command("get"))
    .argument("<key>")
    .option("--path", "the key is a path into an object")
    .action(
      action((workspace, options: { path?: boolean; json?: boolean }, key) => configGet(workspace, key ?? "", options)),
    );
  shared(config.command("rm"))
    .argument("<key>")
    .option("--path", "the key is a path into an object")
    .action(action((workspace, options: { path?: boolean }, key) => configRemove(workspace, key ?? "", options)));
}

function commandLine(): Command {
  const program = shared(new Command("pulumi")).description("A stand-in for the Pulumi CLI, for the tests of Roster");
  program.helpCommand(false);
  addOperations(program);
  addStackCommands(program);
  addConfigCommands(program);
  shared(program.command("version")).action(() => void process.stdout.write(`${engineVersion}\n`));
  shared(program.command("login"))
    .argument("<url>")
    .action((url: string) => {
      login(url);
      process.stdout.write(`Logged in to ${url}\n`);
    });
  return program;
}

function usageMessage(error: CommanderError, args: string[]): string {
  const named = /'([^']+)'/.exec(error.message)?.[1] ?? "";
  if (error.code === "commander.unknownOption")
    return `unknown flag: ${named} (this engine knows only what Roster uses)`;
  if (error.code === "commander.unknownCommand" || error.code === "commander.excessArguments") {
    return `unknown command "${named || args.join(" ")}" for "pulumi" (this engine knows only what Roster uses)`;
  }
  return error.message.replace(/^error: /, "");
}

/** Runs a command line and returns its exit code. */
export async function main(args: string[]): Promise<number> {
  try {
    await commandLine().parseAsync(args, { from: "user" });
    return exitCodes.ok;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return exitCodes.ok;
      process.stderr.write(`error: ${usageMessage(error, args)}\n`);
      return exitCodes.failed;
    }
    if (!(error instanceof Bail)) process.stderr.write(`error: ${messageOf(error)}\n`);
    return error instanceof CliError ? error.exitCode : exitCodes.failed;
  }
}
