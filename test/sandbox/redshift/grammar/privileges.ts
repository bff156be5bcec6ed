import { Refusal, syntaxError, unsure } from "../errors.js";
import type { Reader } from "../reader.js";
import { identifier } from "../reader.js";

/** A privilege as it was written, in lower case, and the columns behind it. */
export interface Privilege {
  readonly words: string;
  readonly columns: readonly string[] | undefined;
}

/** A list of privileges, each of one or more words: up to ON or TO. */
export function privileges(r: Reader): Privilege[] {
  return r.list(() => {
    const words = [r.word()];
    while (!r.atEnd() && !["ON", "TO", "FROM"].some((word) => r.sees(word)) && !isListEnd(r)) words.push(r.word());
    return { words: words.join(" "), columns: columns(r) };
  });
}

function isListEnd(r: Reader): boolean {
  return r.seesSymbol(",") || r.seesSymbol("(");
}

function columns(r: Reader): string[] | undefined {
  if (!r.takesSymbol("(")) return undefined;
  const names = r.list(() => r.name());
  r.expectsSymbol(")");
  return names;
}

/** What PostgreSQL calls a privilege that it has under another name, or has not. */
const STANDS_FOR: Readonly<Record<string, string>> = { drop: "TRUNCATE", rule: "MAINTAIN" };

/** The privileges as PostgreSQL takes them; only those of an object's kind pass. */
export function translated(given: readonly Privilege[], allowed: ReadonlySet<string>): string {
  return given
    .map(({ words, columns: named }) => {
      const all = words === "all" || words === "all privileges";
      if (all && given.length > 1) throw syntaxError(words);
      if (!all && !allowed.has(words)) throw unknownPrivilege(words);
      if (named === undefined) return all ? "ALL" : (STANDS_FOR[words] ?? words);
      if (!all && words !== "select" && words !== "update")
        throw new Refusal("0A000", `only SELECT and UPDATE can be granted on columns, and not ${words}`);
      const list = `(${named.map(identifier).join(", ")})`;
      // ALL on columns is SELECT and UPDATE here, and more in PostgreSQL.
      return all ? `SELECT ${list}, UPDATE ${list}` : `${words} ${list}`;
    })
    .join(", ");
}

function unknownPrivilege(words: string): Refusal {
  return words === "truncate" || words === "alter" ? unsure(`the privilege ${words}`) : syntaxError(words);
}

/** The privileges that each kind of object has. */
export const PRIVILEGES = {
  database: new Set(["create", "temporary", "temp"]),
  schema: new Set(["create", "usage"]),
  // RULE and TRIGGER are in no synopsis, but in the code of a provider and in the letters of ACLs.
  table: new Set(["select", "insert", "update", "delete", "drop", "references", "rule", "trigger"]),
  routine: new Set(["execute"]),
  language: new Set(["usage"]),
  datashare: new Set(["alter", "share"]),
} as const;
