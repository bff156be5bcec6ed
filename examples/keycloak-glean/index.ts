// Everybody of a realm of Keycloak in Glean's directory, as a job: settings come from the environment (env.template).
// Run `npm run example:keycloak-glean` to see it at work on stand-ins for both.
import { keycloak } from "pulumi-roster";

const company = new keycloak.KeycloakPeople("company", {
  // Which attributes and groups become which fields, where they are others than docs/keycloak-glean.md lists.
  mapping: {
    department: ["department", "/departments/*"],
    teams: "/teams/**",
  },
  department: "Unassigned", // of who has none: Glean requires one
});

export const people = company.people;
export const notSent = company.skippedCount;
export const reasons = company.skipped; // who, and why
export const complete = company.complete; // whether the realm was read to its end
