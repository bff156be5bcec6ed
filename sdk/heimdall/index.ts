export { Action, type ActionArgs } from "./action.js";
export type { Connection, ConnectionSettings } from "./connection.js";
