"use strict";

module.exports = {
  // A server has to start in the hooks of many suites, on machines that may be busy.
  timeout: 60_000,
  slow: 2_000,
  reporter: "dist/test/reporter.js",
  // `.only` is for the desk: in CI it would leave out the rest in silence.
  "forbid-only": process.env.CI !== undefined,
};
