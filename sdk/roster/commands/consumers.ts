import { InvalidArgumentError, Option, type Command } from "commander";
import { instantOf } from "../../../provider/core/instants.js";
import type { CommandContext } from "../context.js";
import type { ConsumersFlags } from "../consumers/run.js";
import { EXIT } from "../exitCodes.js";

const ACTIONS = ["list", "approve", "revoke", "audit", "report", "review"] as const;

function wholeDays(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError("It is a number of days, from 1 on.");
  return Number(text);
}

/** Dates are looked at before anything is read, and given on as they were written. */
function date(text: string): string {
  if (instantOf(text) === undefined) throw new InvalidArgumentError("It is a date that there is, such as 2027-01-31.");
  return text;
}

const more = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** `roster consumers`. */
export function addConsumers(program: Command, context: CommandContext): void {
  const { environment } = context;
  program
    .command("consumers")
    .description("Look after the consumers of a data product: who has access, who uses it, and what has to be decided.")
    .argument("<product>", "the name of the product: the folder of its product.yaml, in products/ or here")
    .argument("[action]", ACTIONS.join(", "))
    .addOption(new Option("--action <action>", "the same as the second argument").choices(ACTIONS))
    .option("--dir <folder>", "the folder below which products are", ".")
    .option("--consumer <who>", "only this one: principal, name or id of a request; can be given several times", more)
    .addOption(
      new Option("--status <status>", "only these; active has those that end soon with it")
        .choices(["all", "active", "pending", "revoked", "expiring", "expired", "rejected"])
        .default("all"),
    )
    .addOption(
      new Option("--format <format>", "how results are written")
        .choices(["table", "json", "csv", "md", "html"])
        .default("table"),
    )
    .option("--json", "the same as --format json")
    .option("-o, --output <file>", "write results to a file")
    .option("--generate-report [file]", "write an HTML report besides (default: <product>-<action>.html)")
    .option("--days <days>", "the period of usage and changes, until today", wholeDays, 30)
    .option(
      "--inactive-days <days>",
      "after so many days without use a consumer is inactive (default: the product's policy)",
      wholeDays,
    )
    .option("--offline", "look at the files alone, and not at Databricks")
    .option("--reviews <file>", "exported reviews of pull requests, as for databricks.DataProduct")
    .option("--reason <text>", "why: for revoke, review and a request that is turned down")
    .option("--by <address>", "who approves or revokes (default: git's user.email)")
    .addOption(
      new Option("--as <role>", "as whom you approve (default: what the product says you are)").choices([
        "manager",
        "data_owner",
      ]),
    )
    .option("--permission <permission>", "approve or revoke only this; can be given several times", more)
    .option("--duration-days <days>", "approve for so many days at most", wholeDays)
    .option("--until <date>", "approve no longer than to this date", date)
    .option("--condition <text>", "approve on this condition, in words")
    .option("--on <date>", "revoke on this date (default: at once)", date)
    .option(
      "--commit [branch]",
      "commit to a branch instead of changing files here (default: roster/<action>-<request>)",
    )
    .option("--review <name>", "which review: 2027-Q1 (default: that of today, by the product's policy)")
    .option("--due <date>", "by when reviewers answer (default: 30 days from today)", date)
    .option("--apply", "review: carry out what reviewers decided")
    .option("--connection <name>", "the connection to Databricks (default: databricks)")
    .option("-C, --cwd <folder>", "the folder of Pulumi.yaml, for settings in a stack's config")
    .addOption(
      new Option("-s, --stack <name>", "the stack in whose config settings are looked for after the environment").env(
        "PULUMI_STACK",
      ),
    )
    .addHelpText("after", HELP)
    .action(async (name: string, second: string | undefined, flags: ConsumersFlags, command: Command) => {
      const wrong = (message: string): never => command.error(`error: ${message}`, { exitCode: EXIT.usage });
      if (second !== undefined && flags.action !== undefined && second !== flags.action) {
        wrong(`two actions are given, ${second} and --action ${flags.action}: keep one of them`);
      }
      const action = ACTIONS.find((each) => each === (second ?? flags.action ?? "list"));
      if (action === undefined) return wrong(`${String(second)} is no action: there are ${ACTIONS.join(", ")}`);
      if ((action === "approve" || action === "revoke") && flags.consumer?.length !== 1) {
        wrong(`${action} is for one consumer: name it with --consumer`);
      }
      const { runConsumers } = await import("../consumers/run.js");
      try {
        context.done(await runConsumers(name, action, flags, environment));
      } catch (error) {
        process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
        context.done(EXIT.failed);
      }
    });
}

const HELP = `
Examples:
  $ roster consumers customer-360                                   all consumers, with permissions, use, who is inactive
  $ roster consumers customer-360 list --status pending
  $ roster consumers customer-360 approve --consumer user@company.com --commit
  $ roster consumers customer-360 approve --consumer user@company.com --permission "SELECT on customers table" --until 2027-06-30
  $ roster consumers customer-360 revoke --consumer external-partner --reason "The contract has ended" --commit
  $ roster consumers customer-360 audit --json > audit.json         exit code ${String(EXIT.findings)} where something is found
  $ roster consumers customer-360 report --generate-report          customer-360-report.html, with charts
  $ roster consumers customer-360 review                            a file for each reviewer, with decisions to fill in
  $ roster consumers customer-360 review --apply --commit           decisions go into the requests

approve, revoke and review --apply edit the requests' files; access changes with the next pulumi up, after the review of
the pull request. An approval counts with evidence: commit it yourself, under your own name.

Exit codes:
  ${String(EXIT.done)}   done
  ${String(EXIT.failed)}   something failed
  ${String(EXIT.findings)}   audit found something; review: decisions are missing after the due date
  ${String(EXIT.usage)}  the command line is not valid

Environment: DATABRICKS_HOST, DATABRICKS_TOKEN, DATABRICKS_WAREHOUSE_ID and all that the connection takes; ROSTER_NOW.
`;
