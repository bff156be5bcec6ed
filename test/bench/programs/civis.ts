import { civis } from "pulumi-roster";

// The crosswalk is a file that the bench writes into the project's folder.
new civis.GroupSync("bench", { crosswalk: "crosswalk.json", connection: "warehouse" });
