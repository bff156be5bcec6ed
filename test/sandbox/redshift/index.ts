export { startRedshift, type GateOptions, type Redshift } from "./gate.js";
export { Refusal, refusals } from "./errors.js";
