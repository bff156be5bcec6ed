import type { Resource } from "../core/resource.js";
import { Action } from "./action.js";

/** The resources of Heimdall by class name: what a token `heimdall.<name>` stands for. */
export const resources: Readonly<Record<string, Resource>> = { Action };
