import * as z from "zod";

const finding = z.object({
  aspect: z.enum(["settings", "reach", "tls", "login", "rights", "version", "clock"]).describe("What it is about"),
  level: z.enum(["good", "warning", "error"]),
  message: z.string(),
  remedy: z.string().describe("What to do; there where something is wrong").optional(),
});

/** What `roster doctor --json` prints. */
export const doctorReport = z.object({
  version: z.literal(1),
  connections: z.array(
    z.object({
      system: z.string(),
      name: z.string(),
      place: z.string().describe("Where it leads, for people"),
      resources: z.int().describe("How many resources of the stack use it"),
      findings: z.array(finding),
    }),
  ),
  errors: z.int().describe("Findings that are in the way of the next run"),
  warnings: z.int().describe("Findings to be seen to"),
});

/** What a look at a stack's connections gives. */
export type DoctorReport = z.output<typeof doctorReport>;

const SIGNS = { good: "ok   ", warning: "warn ", error: "ERROR" } as const;

/** The report for people. */
export function doctorText({ connections, errors, warnings }: DoctorReport): string {
  const lines = connections.flatMap(({ system, place, resources, findings }) => [
    `${system}: ${place}, ${used(resources)}`,
    ...findings.flatMap(({ level, aspect, message, remedy }) => [
      `  ${SIGNS[level]} ${aspect.padEnd(8)} ${message.replaceAll("\n", `\n${" ".repeat(17)}`)}`,
      ...(remedy === undefined ? [] : [`${" ".repeat(17)}-> ${remedy}`]),
    ]),
    "",
  ]);
  return [...lines, summary(connections.length, errors, warnings), ""].join("\n");
}

function used(resources: number): string {
  if (resources === 0) return "which no resource uses";
  return resources === 1 ? "1 resource" : `${String(resources)} resources`;
}

function summary(connections: number, errors: number, warnings: number): string {
  if (connections === 0) {
    return "The stack uses no connection yet: after its first update it will; until then name one with --connection.";
  }
  const counted = (count: number, what: string): string => `${String(count)} ${what}${count === 1 ? "" : "s"}`;
  return `${counted(connections, "connection")}: ${counted(errors, "error")}, ${counted(warnings, "warning")}`;
}
