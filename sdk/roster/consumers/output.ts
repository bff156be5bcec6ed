import { writeFileSync } from "node:fs";
import type * as z from "zod";
import { csvOf } from "../report/csv.js";
import { htmlOf } from "../report/html.js";
import { markdownOf } from "../report/markdown.js";
import type { Page } from "../report/page.js";
import { textOf } from "../report/text.js";

/** What `--format` can be. */
export const FORMATS = ["table", "json", "csv", "md", "html"] as const;
/** One of them. */
export type Format = (typeof FORMATS)[number];

/** Where results go, and how. */
export interface Output {
  /** The form. */
  readonly format: Format;
  /** A file; undefined for standard output. */
  readonly output: string | undefined;
  /** An HTML file that is written besides; undefined for none. */
  readonly report: string | undefined;
}

/** What a command found: data for machines, a page for people. */
export interface Result<T> {
  /** For machines. */
  readonly data: T;
  /** What the data is held against. */
  readonly schema: z.ZodType<T>;
  /** For people. */
  readonly page: Page;
}

/** Writes a result as it is asked for. */
export function writeResult<T>({ data, schema, page }: Result<T>, { format, output, report }: Output): void {
  if (report !== undefined) {
    writeFileSync(report, htmlOf(page));
    process.stderr.write(`The report is in ${report}.\n`);
  }
  const text = format === "json" ? `${JSON.stringify(schema.parse(data), null, 2)}\n` : FORMS[format](page);
  if (output === undefined) process.stdout.write(text);
  else writeFileSync(output, text);
}

const FORMS: Readonly<Record<Exclude<Format, "json">, (page: Page) => string>> = {
  table: textOf,
  csv: ({ main }) => csvOf(main),
  md: markdownOf,
  html: htmlOf,
};
