// Production's Heimdall is exactly like staging's: what is missing is made, what differs changed, what is extra deleted.
// Run `npm run example:heimdall` to see it at work; pull-request.yaml is the preview in a pull request.
import { heimdall } from "pulumi-roster";

const mirror = new heimdall.EnvironmentMirror("production", {
  source: "staging",
  target: "production",
  // The service of examples/heimdall/service manages its own.
  ignore: ["reports:*", "reports", "GET /api/v1/reports*"],
});

export const summary = mirror.summary;
