// Plain JavaScript, as it runs before anything is installed: installs and builds what is missing, then runs run.ts.
import { prepareOrExit } from "../../test/prepare.mjs";

await prepareOrExit();
await import("../../dist/examples/keycloak-glean/run.js");
