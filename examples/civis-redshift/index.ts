// Groups of the warehouse follow those of Civis Platform, as crosswalk.yaml says.
// Run `npm run example:civis` to see it at work on sandboxes of both.
import { civis } from "pulumi-roster";

const sync = new civis.GroupSync("warehouse", {
  crosswalk: "crosswalk.yaml",
  // On both sides: nobody of these comes in, and none of these is taken out.
  ignoreUsers: ["svc_*"],
  connection: "warehouse",
});

export const withoutUser = sync.withoutUser; // in Platform, and not in the warehouse
export const unmapped = sync.unmapped; // groups of Platform that no line of the crosswalk names
export const unfed = sync.unfed; // groups of the warehouse that no line of the crosswalk names
