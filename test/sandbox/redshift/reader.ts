import { syntaxError, unsure } from "./errors.js";
import { folded, type Token } from "./lexer.js";
import { RESERVED } from "./words.js";

/** The longest name that every kind of object takes, in bytes. */
const LONGEST_NAME = 127;

/** Reads the tokens of one statement from left to right. What does not fit is a syntax error. */
export class Reader {
  private position = 0;

  constructor(
    readonly tokens: readonly Token[],
    /** `enable_case_sensitive_identifier`: quoted names keep upper case. */
    readonly caseSensitive = false,
  ) {}

  /** Whether these words come next. */
  sees(words: string): boolean {
    return words.split(" ").every((word, index) => isWord(this.tokens[this.position + index], word));
  }

  /** Takes these words if they come next. */
  takes(words: string): boolean {
    const there = this.sees(words);
    if (there) this.position += words.split(" ").length;
    return there;
  }

  /** Takes these words. */
  expects(words: string): void {
    for (const word of words.split(" ")) if (!this.takes(word)) this.fail();
  }

  /** Takes the first of these phrases that comes next. */
  oneOf(...phrases: readonly string[]): string {
    return phrases.find((phrase) => this.takes(phrase)) ?? this.fail();
  }

  /** Whether a symbol comes next. */
  seesSymbol(symbol: string): boolean {
    const token = this.tokens[this.position];
    return token?.kind === "symbol" && token.text === symbol;
  }

  /** Takes a symbol if it comes next. */
  takesSymbol(symbol: string): boolean {
    const there = this.seesSymbol(symbol);
    if (there) this.position += 1;
    return there;
  }

  expectsSymbol(symbol: string): void {
    if (!this.takesSymbol(symbol)) this.fail();
  }

  /** A word, whatever it is. */
  word(): string {
    const token = this.tokens[this.position];
    if (token?.kind !== "word") this.fail();
    this.position += 1;
    return token.text;
  }

  string(): string {
    const token = this.tokens[this.position];
    if (token?.kind !== "string") this.fail();
    this.position += 1;
    return token.text;
  }

  /** A whole number, possibly below zero. */
  integer(): number {
    const sign = this.takesSymbol("-") ? -1 : 1;
    const token = this.tokens[this.position];
    if (token?.kind !== "number" || !/^\d+$/.test(token.text)) this.fail();
    this.position += 1;
    return sign * Number(token.text);
  }

  /** The value of a parameter: a word, a literal or a number. */
  value(): string {
    const token = this.tokens[this.position];
    if (token?.kind === "symbol") return String(this.integer());
    if (token === undefined || token.text === "") this.fail();
    this.position += 1;
    return token.text;
  }

  /** A name of anything but a user: folded to lower case, also within quotation marks. */
  name(): string {
    const { text, quoted } = this.anyName();
    return quoted && this.caseSensitive ? text : folded(text);
  }

  /** A name that is to be given to something; what the guide does not settle about such names does not pass. */
  newName(what: string): string {
    const name = this.name();
    if (Buffer.byteLength(name) > LONGEST_NAME) throw unsure(`a ${what} with a name of more than 127 bytes`);
    return name;
  }

  /** The name of a user: within quotation marks its case is kept. Users of an identity provider have two parts. */
  userName(): string {
    const { text } = this.anyName();
    if (!this.takesSymbol(":")) return text;
    return `${text}:${this.anyName().text}`;
  }

  /** The name of a user, or a literal with it. */
  nameOrString(): string {
    return this.tokens[this.position]?.kind === "string" ? this.string() : this.userName();
  }

  /** A name with its schema, from the whole to the part. */
  qualifiedName(): readonly string[] {
    const parts = [this.name()];
    while (this.takesSymbol(".")) parts.push(this.name());
    return parts;
  }

  /** One or more of something with commas between. */
  list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.takesSymbol(",")) items.push(item());
    return items;
  }

  /** What stands between parentheses, however nested, as it was written. */
  parenthesized(): string {
    const start = this.position;
    this.expectsSymbol("(");
    for (let depth = 1; depth > 0;) {
      if (this.takesSymbol("(")) depth += 1;
      else if (this.takesSymbol(")")) depth -= 1;
      else if (this.position >= this.tokens.length) this.fail();
      else this.position += 1;
    }
    return rendered(this.tokens.slice(start, this.position), this.caseSensitive);
  }

  /** What is left, as it was written. */
  rest(): Token[] {
    const left = this.tokens.slice(this.position);
    this.position = this.tokens.length;
    return left;
  }

  atEnd(): boolean {
    return this.position >= this.tokens.length;
  }

  /** The statement ends here. */
  end(): void {
    if (!this.atEnd()) this.fail();
  }

  fail(): never {
    throw syntaxError(this.tokens[this.position]?.source);
  }

  private anyName(): { text: string; quoted: boolean } {
    const token = this.tokens[this.position];
    const usable = token?.kind === "quoted" || (token?.kind === "word" && !RESERVED.has(token.text));
    if (!usable) this.fail();
    this.position += 1;
    return { text: token.text, quoted: token.kind === "quoted" };
  }
}

function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === "word" && token.text === word.toLowerCase();
}

/** Tokens as SQL for PostgreSQL: names folded as Redshift folds them, literals as PostgreSQL reads them. */
export function rendered(tokens: readonly Token[], caseSensitive: boolean): string {
  return tokens.map((token) => renderedToken(token, caseSensitive)).join(" ");
}

function renderedToken({ kind, text, source }: Token, caseSensitive: boolean): string {
  switch (kind) {
    case "quoted":
      return identifier(caseSensitive ? text : folded(text));
    case "string":
      return literal(text);
    case "word":
      return text;
    default:
      return source;
  }
}

/** A name as PostgreSQL takes it. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as PostgreSQL takes it. */
export function literal(text: string): string {
  const doubled = text.replaceAll("'", "''").replaceAll("\\", "\\\\");
  return text.includes("\\") ? `E'${doubled}'` : `'${doubled}'`;
}
