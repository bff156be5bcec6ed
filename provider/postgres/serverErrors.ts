import { RosterError } from "../core/errors.js";

interface ServerError extends Error {
  readonly code?: string;
  readonly detail?: string;
  readonly hint?: string;
}

/**
 * Whether a refusal comes from others writing at the same time and goes away when the transaction is run again:
 * serialization failure, deadlock, and "tuple concurrently updated", which has only the code of internal errors.
 */
export function isTransient(error: Error): boolean {
  const { code } = error as ServerError;
  return code === "40001" || code === "40P01" || (code === "XX000" && error.message.includes("concurrently"));
}

/** Whether a statement is not SQL as the server knows it. */
export function isSyntaxError(error: Error): boolean {
  return (error as ServerError).code === "42601";
}

/** The error for a statement that the server refused. */
export function refusal(error: Error, statement: string, remedy: typeof remedyFor = () => undefined): RosterError {
  const { code, detail, hint } = error as ServerError;
  const said = [`${error.message}${code === undefined ? "" : ` (${code})`}`, detail, hint]
    .filter((text) => text !== undefined)
    .join("\n");
  return new RosterError("the server refused a statement", {
    tried: statement,
    said,
    remedy: remedy(code, error.message) ?? remedyFor(code, error.message),
    code,
    cause: error,
  });
}

/** The error for a statement that the server did not do, and only warned about. */
export function warned(message: string, statement: string): RosterError {
  return new RosterError("the server left a statement undone and only warned", {
    tried: statement,
    said: message,
    remedy:
      "A membership can be taken back only as its grantor. Run as a superuser or as the role that granted it; " +
      "SELECT * FROM pg_auth_members shows who that was.",
  });
}

function remedyFor(code: string | undefined, message: string): string | undefined {
  switch (code) {
    case "42501":
      return privilegeRemedy(message);
    case "2BP01":
      if (message.startsWith("dependent privileges"))
        return "A member with ADMIN OPTION has let others into the group. SELECT * FROM pg_auth_members shows whom (grantor); take that back as well: REVOKE <group> FROM <them> GRANTED BY <member>.";
      return 'Give away or drop what is listed (REASSIGN OWNED, DROP OWNED), in every database of the server, or give the resource onRemove: "disable" or "keep".';
    case "55006":
      return "Somebody is connected. Try again later, or end the sessions: SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '<database>'. A postgres.Database with endSessions: true ends them when it is dropped.";
    case "42710":
      return 'It was made in the meantime. Run the command again; existing: "adopt" takes over what exists.';
    case "42704":
      return message.includes("configuration parameter")
        ? "Look for its name with SHOW ALL. One of an extension begins with the extension's name and a dot."
        : "It was dropped in the meantime. Run pulumi refresh, and the command again.";
    case "25006":
      return "The server takes no writes: it is a standby, or default_transaction_read_only is on. Connect to the primary.";
    case "57014":
      return "It took longer than the connection's statementTimeout; raise that, or look at what holds the lock.";
    default:
      return undefined;
  }
}

function privilegeRemedy(message: string): string {
  if (/reassign objects|drop objects/i.test(message)) {
    return "To give away what a role owns, the account needs the rights of both roles: GRANT <role> TO <account>, for each of them.";
  }
  if (
    /for (database|schema|table|view|sequence|function|procedure|type|column|relation|language|foreign|tablespace|parameter)\b|must be (owner|able to SET ROLE)/i.test(
      message,
    )
  ) {
    return "The account needs more: the rights of the owner, CREATE on the database or schema where something is made, and the rights of a role that is to own something.";
  }
  if (/GRANTED BY|grantor|grant privileges as role|admin option/i.test(message)) {
    return "The account that runs this needs ADMIN OPTION on the group, and to take a membership back the privileges of its grantor: GRANT <group> TO <account> WITH ADMIN OPTION.";
  }
  return "The account that runs this needs CREATEROLE, and from PostgreSQL 16 on ADMIN OPTION on roles that it did not make. Superusers are changed by superusers only.";
}
