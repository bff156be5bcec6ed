// Who may log in to a PostgreSQL, and which databases each may use: users.yaml says it, and anyone can edit that.
// Run `npm run example:postgres-users` to see it at work on a real PostgreSQL.
import { postgres } from "pulumi-roster";

const file = new postgres.AccessFile("users", {
  files: process.env["USERS_FILES"] ?? "users.yaml",
  passwordFolder: process.env["SECRETS_FOLDER"] ?? "secrets",
});

export const users = file.users;
export const withoutPassword = file.withoutPassword; // keep the password that they have
export const notOurs = file.unmanaged; // roles that no entry names; they are left alone
