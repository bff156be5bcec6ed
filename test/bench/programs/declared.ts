import { readFileSync } from "node:fs";
import type { Workload } from "../workload.js";

/** What the program declares: the bench writes it into the project's folder. */
export const declared = JSON.parse(readFileSync("workload.json", "utf8")) as Workload;
