import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LineCounter, parseDocument, stringify, type Document } from "yaml";
import { RosterError } from "../core/errors.js";
import { inWords } from "../core/problems.js";
import { environmentData, type EnvironmentData } from "./data.js";

/** Reads an environment from a YAML or JSON file. Throws a RosterError that names line and column of what is wrong. */
export function readEnvironmentFile(file: string): EnvironmentData {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new RosterError(`the environment file ${file} cannot be read`, { said: (error as Error).message });
  }
  return parseEnvironment(text, file);
}

/** Reads an environment from the text of a file. */
export function parseEnvironment(text: string, file: string): EnvironmentData {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${String(line)}:${String(col)}`;
  };
  const wrong = document.errors.map(({ pos: [offset], message }) => `${place(offset)}: ${message}`);
  if (wrong.length > 0) throw refused(file, wrong);
  const parsed = environmentData.safeParse(document.toJS(), { error: inWords({ what: "an environment" }) });
  if (parsed.success) return parsed.data;
  throw refused(
    file,
    parsed.error.issues.map(({ path, message }) => {
      const where = path.map(String).join(".");
      return `${place(offsetOf(document, path))}: ${where === "" ? "the file" : where}: ${message}`;
    }),
  );
}

/** Where a value stands, or what is next around it where it is missing. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true) as { range?: readonly number[] | null } | undefined;
    const offset = node?.range?.[0];
    if (offset !== undefined) return offset;
  }
  return 0;
}

function refused(file: string, problems: readonly string[]): RosterError {
  return new RosterError(`the environment file ${file} is not valid`, {
    said: problems.join("\n"),
    remedy:
      "It has the lists actions, roles, mappings and groups, each there even where it is empty ([]). " +
      "schemas/heimdall-environment.schema.json of this package describes it for your editor.",
  });
}

/** An environment as the text of a file that can be read back. */
export function environmentText(data: EnvironmentData): string {
  return stringify(data, { lineWidth: 0 });
}

/** Writes a backup that can be read back, and gives its path. It can hold CPFs, so only its owner may read it. */
export function writeBackup(folder: string, url: string, data: EnvironmentData, now: Date): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { host } = new URL(url);
  const time = now.toISOString().replace(/[:.]/g, "-");
  const file = join(folder, `heimdall-${host.replace(/[^\w.-]/g, "_")}-${time}.yaml`);
  writeFileSync(file, `# ${url} as it was on ${now.toISOString()}\n${environmentText(data)}`, {
    mode: 0o600,
    flag: "wx",
  });
  return file;
}
