import * as z from "zod";
import { connectionArgument } from "../core/connections.js";
import { defineResource } from "../core/define.js";
import { doing } from "../core/delta.js";
import type { Change } from "./changes.js";
import { version } from "./fields.js";
import { personKey } from "./known.js";
import { personShape, type PersonRecord } from "./personFields.js";
import { observeRecord, recordDelta } from "./records.js";
import { connections } from "./settings.js";
import { glean } from "./system.js";

const schema = z.strictObject({
  ...personShape,
  version,
  onRemove: z.enum(["drop", "keep"]).optional(),
  connection: connectionArgument(connections),
});

type PersonArguments = z.output<typeof schema>;

function recordOf({
  version: _version,
  onRemove: _onRemove,
  connection: _connection,
  ...record
}: PersonArguments): PersonRecord {
  return record;
}

/** `glean.Person`: one employee. Always adopted where it exists: Glean puts a person together from several sources. */
export const Person = defineResource({
  kind: "relation",
  token: "glean.Person",
  system: glean,
  schema,
  key: ["email"],
  renamable: [],
  things: (args) => [personKey(args.email)],
  decides: (args) => [personKey(args.email)],
  incomparable: [],
  reports: [],
  validate: () => [],
  prepare: (args) => Promise.resolve(args),
  parts: (args, purpose) => (purpose === "look" ? [personKey(args.email)] : []),

  observe: (known, args) => observeRecord(known, personKey(args.email), args),

  delta: ({ model, args }) =>
    recordDelta(model, personKey(args.email), { kind: "indexPerson", person: recordOf(args), version: args.version }),

  remove: (_known, args) => doing<Change>({ kind: "deletePerson", email: args.email, version: args.version }),

  // The state is what is known already.
  assume: () => undefined,
});
