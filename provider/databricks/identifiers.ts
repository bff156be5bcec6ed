/** A name as an identifier of Databricks SQL: https://docs.databricks.com/aws/en/sql/language-manual/sql-ref-identifiers. */
export function quoted(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

/** A full name, its parts separated by dots, as identifiers. */
export function quotedName(fullName: string): string {
  return fullName.split(".").map(quoted).join(".");
}

/**
 * A text as a literal, for the few places that take no parameter: a comment, and what a view compares with. A backslash
 * escapes in Databricks SQL: https://docs.databricks.com/aws/en/sql/language-manual/data-types/string-type#literals.
 */
export function literal(text: string): string {
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll("'", "\\'")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t");
  return `'${escaped}'`;
}
