import { describeKeycloak } from "./suite.js";
import { openSandbox } from "./target.js";

describeKeycloak("reading Keycloak, on the sandbox", openSandbox);
