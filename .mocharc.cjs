"use strict";

const { availableParallelism } = require("node:os");

module.exports = {
  // Files run side by side, each in one of as many processes as there are cores; two at least, as tests wait for others.
  parallel: true,
  jobs: Math.max(2, availableParallelism()),
  // A server has to start in the hooks of many suites, on machines that may be busy.
  timeout: 60_000,
  slow: 2_000,
  reporter: "dist/test/reporter.js",
  // `.only` is for the desk: in CI it would leave out the rest in silence.
  "forbid-only": process.env.CI !== undefined,
};
