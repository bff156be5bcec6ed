import { describeUnless } from "../../skip.js";
import { KEYCLOAK_HOME } from "./real.js";
import { describeKeycloak } from "./suite.js";
import { openReal } from "./target.js";

const absent = KEYCLOAK_HOME === undefined ? "KEYCLOAK_HOME names no Keycloak (npm run fetch:keycloak)" : undefined;

describeUnless(absent, "Keycloak itself", () => {
  describeKeycloak(`reading Keycloak, on the real one of KEYCLOAK_HOME`, () => openReal(KEYCLOAK_HOME ?? ""));
});
