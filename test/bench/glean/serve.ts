import { startGlean } from "../../sandbox/glean/index.js";

/*
 * The sandbox in a process of its own, so that what it takes is not taken from what is measured. Its limits are lifted.
 */

export {};

async function serve(): Promise<void> {
  const glean = await startGlean({ limits: undefined, keepCalls: false });
  let seen = 0;
  process.on("message", () => {
    const requests = glean.count();
    process.send?.({ requests: requests - seen, people: glean.people.size });
    seen = requests;
  });
  process.on("disconnect", () => process.exit());
  process.send?.(glean.env);
}

void serve();
