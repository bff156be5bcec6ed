import { identifier as postgresIdentifier } from "../quote.js";

/** The reserved words that Redshift has besides PostgreSQL's: https://docs.aws.amazon.com/redshift/latest/dg/r_pg_keywords.html */
const RESERVED: ReadonlySet<string> = new Set(
  (
    "aes128 aes256 allowoverwrite az64 backup blanksasnull bytedict bzip2 credentials current_user_id deflate defrag delta " +
    "delta32k disable emptyasnull enable encode encrypt encryption explicit globaldict256 globaldict64k gzip identity " +
    "ignore language lun luns lzo lzop minus mostly16 mostly32 mostly8 new nulls off offline oid old open parallel " +
    "partition percent permissions pivot raw readratio recover rejectlog resort respect restore snapshot sysdate system " +
    "tag tdes text255 text32k top truncatecolumns unnest unpivot wallet without"
  ).split(" "),
);

/** Whether a word is no name without quotation marks. */
export function isReserved(word: string): boolean {
  return /^[a-z_][a-z0-9_]*$/.test(word) && identifier(word) !== word;
}

/** A name as Redshift takes it. Within quotation marks it keeps the case of users, and folds that of all others. */
export function identifier(name: string): string {
  return RESERVED.has(name) ? `"${name}"` : postgresIdentifier(name);
}

/** The name of a role. Those of the system have two parts and no quotation marks: sys:secadmin. */
export function roleIdentifier(name: string): string {
  return /^sys:[a-z_]+$/.test(name) ? name : identifier(name);
}

/** A text as Redshift takes it: a backslash escapes, also in a plain literal, and there are no others. */
export function literal(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}
