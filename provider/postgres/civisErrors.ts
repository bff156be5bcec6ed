/** What databases say, and the code that they give with it: Civis Platform passes the words on, and not the code. */
const CODES: readonly (readonly [RegExp, string])[] = [
  [/could not serialize|serializable isolation violation|\b1023\b/i, "40001"],
  [/deadlock detected/i, "40P01"],
  [/updated concurrently|concurrently updated/i, "XX000"],
  [/read-only transaction/i, "25006"],
  [/canceling statement/i, "57014"],
  [/permission denied|must be superuser|must have|must be owner/i, "42501"],
  [/cannot be dropped because|can't be dropped because/i, "2BP01"],
  [/already exists/i, "42710"],
  [/does not exist/i, "42704"],
];

/** Why passwords are not set through Platform: it shows the text of each query to whoever may see the query. */
export const NO_PASSWORDS = {
  headline: "a password cannot be set through Civis Platform",
  remedy: "Platform keeps the text of each query. Set passwords over a connection to the database itself.",
} as const;

/** A refusal of the database in the form in which a driver gives it, the code guessed from the words. */
export function refusalOf(said: string): Error {
  const code = CODES.find(([words]) => words.test(said))?.[1];
  return Object.assign(new Error(said), code === undefined ? {} : { code });
}
