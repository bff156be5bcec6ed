import type { DriftChange, DriftReport, SystemDrift } from "./driftReport.js";
import { propertyLines, kindText } from "./driftText.js";

interface Case {
  readonly name: string;
  /** `failure` for what was found, `error` for what could not be looked at; undefined for what is as it should be. */
  readonly fault?: { readonly kind: "failure" | "error"; readonly message: string; readonly text: string };
}

/** What was found, as JUnit XML: a suite a system, a test a finding, and one that passes where there is none. */
export function junitOf(report: DriftReport): string {
  const suites = [
    ...report.systems.map(({ system, ...found }) => suiteOf(system, casesOf({ system, ...found }), report.checkedAt)),
    ...(report.problems.length > 0 ? [suiteOf("roster", report.problems.map(unseen), report.checkedAt)] : []),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="roster drift">\n${suites.join("")}</testsuites>\n`;
}

function casesOf({ system, changes, unmanaged, problems }: SystemDrift): Case[] {
  const found: Case[] = [
    ...changes.map(driftCase),
    ...unmanaged.map(({ kind, name, text, remedy = "" }): Case => ({
      name: `unmanaged ${kind} ${name}`,
      fault: { kind: "failure", message: text, text: remedy },
    })),
    ...problems.map(unseen),
  ];
  return found.length > 0 ? found : [{ name: `${system} is as declared` }];
}

function driftCase(change: DriftChange): Case {
  const lines = [
    ...change.properties.flatMap(propertyLines),
    ...(change.plan.length > 0 ? ["plan:", ...change.plan] : []),
  ];
  return {
    name: `${change.token} ${change.name}`,
    fault: { kind: "failure", message: kindText(change), text: lines.join("\n") },
  };
}

function unseen(problem: string): Case {
  return {
    name: `could not tell: ${problem.split("\n")[0] ?? ""}`,
    fault: { kind: "error", message: "could not tell", text: problem },
  };
}

function suiteOf(name: string, cases: readonly Case[], checkedAt: string): string {
  const count = (kind: "failure" | "error"): string => String(cases.filter(({ fault }) => fault?.kind === kind).length);
  const attributes = {
    name,
    tests: String(cases.length),
    failures: count("failure"),
    errors: count("error"),
    skipped: "0",
    time: "0",
    timestamp: checkedAt.slice(0, 19),
  };
  return `  <testsuite${attributesText(attributes)}>\n${cases.map((each) => caseText(name, each)).join("")}  </testsuite>\n`;
}

function caseText(suite: string, { name, fault }: Case): string {
  const attributes = attributesText({ name, classname: `roster.${suite}`, time: "0" });
  if (fault === undefined) return `    <testcase${attributes}/>\n`;
  const { kind, message, text } = fault;
  const inner = `<${kind}${attributesText({ message, type: "drift" })}>${escaped(text)}</${kind}>`;
  return `    <testcase${attributes}>${inner}</testcase>\n`;
}

function attributesText(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escaped(value).replaceAll("\n", "&#10;").replaceAll("\t", "&#9;")}"`)
    .join("");
}

/** What XML 1.0 cannot hold, not even as a reference. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "\r": "&#13;",
  };
  return text.replace(NOT_XML, "\ufffd").replace(/[&<>"\r]/g, (found) => entities[found] ?? found);
}
