import { RosterError } from "../core/errors.js";
import { inventoryOf, type HeldResource } from "../core/inventory.js";
import { decodeNames } from "../core/lines.js";
import { openClient } from "./client.js";
import { resources } from "./index.js";
import { personKey, teamKey } from "./known.js";
import { glean } from "./system.js";

/** Who is in Glean's directory and no resource manages. Needs a token of the Client API: the Indexing API reads nothing. */
export const inventory = inventoryOf({
  ...glean,
  resources,
  manages: peopleOf,
  look: async (connection) => {
    const { reader } = openClient(connection);
    if (reader === undefined) throw noReader(connection.name);
    const [people, teams] = await Promise.all([reader.everybody(), reader.teams()]);
    return [
      ...[...people].map((email) => ({
        key: personKey(email),
        kind: "person",
        name: email,
        text: `the person ${email}`,
        remedy: `POST /api/index/v1/deleteemployee {"employeeEmail":${JSON.stringify(email)}}`,
      })),
      ...[...teams.keys()].map((id) => ({
        key: teamKey(id),
        kind: "team",
        name: id,
        text: `the team ${JSON.stringify(id)}`,
        remedy: `POST /api/index/v1/deleteteam {"id":${JSON.stringify(id)}}`,
      })),
    ];
  },
});

/** A directory keeps the addresses of everybody who came of its source. */
function peopleOf({ token, properties: { keys } }: HeldResource): string[] {
  return token === "glean.DirectoryKeys" && typeof keys === "string" ? decodeNames(keys).map(personKey) : [];
}

function noReader(connection: string): RosterError {
  return new RosterError(
    `connection ${connection}: nobody can tell who is in the directory without a Client API token`,
    {
      remedy: `Set ROSTER_${connection.toUpperCase()}_CLIENT_TOKEN to one that may read the directory.`,
    },
  );
}
