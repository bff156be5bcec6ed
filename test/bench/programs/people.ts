import { keycloak } from "pulumi-roster";

// The job of examples/keycloak-glean.
new keycloak.KeycloakPeople("company", {
  mapping: { department: ["department", "/departments/*"], teams: "/teams/**" },
  department: "Unassigned",
});
