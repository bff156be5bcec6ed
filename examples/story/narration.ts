import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** Colours only where somebody looks at a terminal that has them. */
function styled(style: Style, text: string): string {
  return process.stdout.isTTY && !process.env["NO_COLOR"] ? styleText(style, text) : text;
}

/** A headline between the parts of the story. */
export function chapter(number: number, title: string): void {
  console.log(`\n${styled(["bold", "cyan"], `${String(number)}. ${title}`)}\n`);
}

/** A paragraph. */
export function say(text: string): void {
  console.log(text);
}

/** Something that a person would type. */
export function prompt(command: string): void {
  console.log(styled("bold", `$ ${command}`));
}

/** What a command printed, a little to the right. */
export function quote(text: string): void {
  for (const line of text.trimEnd().split("\n")) console.log(line === "" ? "" : `  ${line}`);
}

/** Rows under headings, as wide as they need. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("   ")
      .trimEnd();
  console.log(`  ${styled("underline", line(headings))}`);
  for (const row of rows) console.log(`  ${line(row)}`);
}
