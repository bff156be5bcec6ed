import { defineResource } from "../core/define.js";
import { grantDefinition } from "./grantResource.js";

/** `postgres.Privileges`: everything that somebody has on a set of objects. */
export const Privileges = defineResource(grantDefinition("postgres.Privileges", true));
