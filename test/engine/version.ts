/** The version of the CLI whose behaviour this engine takes on. */
export const cliVersion = "v3.260.0";
/** What `version` prints, so that nobody takes this for the CLI. */
export const engineVersion = `${cliVersion}-roster-stand-in`;
