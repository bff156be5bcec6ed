import { defineResource } from "../core/define.js";
import { grantDefinition } from "./grantResource.js";

/** `postgres.Grant`: privileges of somebody on a set of objects; what else the grantee has is left alone. */
export const Grant = defineResource(grantDefinition("postgres.Grant", false));
