import { Refusal } from "./errors.js";

/** A piece of a statement. `text` is what it stands for, `source` what was written. */
export interface Token {
  readonly kind: "word" | "quoted" | "string" | "number" | "symbol";
  readonly text: string;
  readonly source: string;
}

const WORD = /[A-Za-z_\u0080-\u{10ffff}][A-Za-z0-9_$\u0080-\u{10ffff}]*/uy;
const NUMBER = /(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?/y;
const SKIPPED = /(\s+|--[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const QUOTED = /"(?:[^"]|"")+"/y;
// A backslash takes the meaning from what comes after it, also in a plain literal.
const STRING = /'(?:[^'\\]|''|\\[\s\S])*'/y;
const DOLLARS = /\$(\w*)\$[\s\S]*?\$\1\$/y;
// !~ is POSIX matching: https://docs.aws.amazon.com/redshift/latest/dg/pattern-matching-conditions-posix.html
const SYMBOL = /::|<>|!=|!~|<=|>=|\|\||[-+*/%<>=(),.;:[\]|&~^]/y;

/** Lower case as Redshift makes it; what it makes of letters outside of ASCII is in no source. */
export function folded(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** Cuts a message into statements, each a list of tokens; empty ones are left out. */
export function statementsOf(sql: string): Token[][] {
  const statements: Token[][] = [[]];
  for (const token of tokens(sql)) {
    if (token.kind === "symbol" && token.text === ";") statements.push([]);
    else statements.at(-1)?.push(token);
  }
  return statements.filter((statement) => statement.length > 0);
}

function* tokens(sql: string): Generator<Token> {
  let position = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = position;
    const found = pattern.exec(sql)?.[0];
    if (found !== undefined) position += found.length;
    return found;
  };
  while (position < sql.length) {
    if (take(SKIPPED) !== undefined) continue;
    const token = next(take);
    if (token === undefined) {
      const opened = { "'": "unterminated quoted string", '"': "unterminated quoted identifier" }[sql[position] ?? ""];
      throw new Refusal("42601", `${opened ?? "syntax error"} at or near "${sql.slice(position, position + 20)}"`);
    }
    yield token;
  }
}

function next(take: (pattern: RegExp) => string | undefined): Token | undefined {
  const forms: [Token["kind"], RegExp, (source: string) => string][] = [
    ["word", WORD, folded],
    ["quoted", QUOTED, (source) => source.slice(1, -1).replaceAll('""', '"')],
    ["string", STRING, (source) => unescaped(source.slice(1, -1))],
    ["string", DOLLARS, (source) => source.replace(/^\$\w*\$|\$\w*\$$/g, "")],
    ["number", NUMBER, (source) => source],
    ["symbol", SYMBOL, (source) => source],
  ];
  for (const [kind, pattern, meaning] of forms) {
    const source = take(pattern);
    if (source !== undefined) return { kind, source, text: meaning(source) };
  }
  return undefined;
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

function unescaped(inside: string): string {
  return inside.replace(/''|\\([0-7]{1,3}|[\s\S])/g, (_whole, escaped: string | undefined) => {
    if (escaped === undefined) return "'";
    return /^[0-7]/.test(escaped) ? String.fromCharCode(parseInt(escaped, 8)) : (ESCAPES[escaped] ?? escaped);
  });
}
