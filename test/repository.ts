import path from "node:path";

/** The root of the repository, seen from the build. */
export const REPOSITORY = path.resolve(__dirname, "../..");
