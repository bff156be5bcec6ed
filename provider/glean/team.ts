import * as z from "zod";
import { connectionArgument } from "../core/connections.js";
import { defineResource } from "../core/define.js";
import { doing } from "../core/delta.js";
import type { Change } from "./changes.js";
import { version } from "./fields.js";
import { teamKey } from "./known.js";
import { observeRecord, recordDelta } from "./records.js";
import { TEAMS } from "./session.js";
import { connections } from "./settings.js";
import { glean } from "./system.js";
import { teamShape, type TeamRecord } from "./teamFields.js";

const schema = z.strictObject({
  ...teamShape,
  version,
  onRemove: z.enum(["drop", "keep"]).optional(),
  connection: connectionArgument(connections),
});

type TeamArguments = z.output<typeof schema>;

function recordOf({
  version: _version,
  onRemove: _onRemove,
  connection: _connection,
  ...record
}: TeamArguments): TeamRecord {
  return record;
}

/** `glean.Team`: one team with its members. Always adopted where it exists. */
export const Team = defineResource({
  kind: "relation",
  token: "glean.Team",
  system: glean,
  schema,
  key: ["teamId"],
  renamable: [],
  things: (args) => [teamKey(args.teamId)],
  decides: (args) => [teamKey(args.teamId)],
  incomparable: [],
  reports: [],
  validate: () => [],
  prepare: (args) => Promise.resolve(args),
  parts: (_args, purpose) => (purpose === "look" ? [TEAMS] : []),

  observe(known, args) {
    // Glean has processed nothing yet, or somebody has deleted it: the list of all teams tells only who is there.
    const missing = known.looked.has(TEAMS) && !known.entries.has(teamKey(args.teamId));
    return missing ? undefined : observeRecord(known, teamKey(args.teamId), args);
  },

  delta: ({ model, args }) =>
    recordDelta(model, teamKey(args.teamId), { kind: "indexTeam", team: recordOf(args), version: args.version }),

  remove: (_known, args) => doing<Change>({ kind: "deleteTeam", teamId: args.teamId }),

  // The state is what is known already.
  assume: () => undefined,
});
