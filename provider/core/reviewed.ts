import { makeApproval } from "./approval.js";
import { DRY_RUN } from "./arguments.js";
import type { Config } from "./configKeys.js";
import type { Host, Resource } from "./resource.js";
import { REVIEW, reviewIn } from "./review.js";

/** The key of Pulumi config that names the reviewed plan. */
const APPROVED = "roster:approvedPlan";
/** The same for one run: what is in the config stays in the state, and counts for a destroy too. */
const APPROVED_VARIABLE = "ROSTER_APPROVED_PLAN";

const BY_VARIABLE = {
  source: `environment variable ${APPROVED_VARIABLE}`,
  release: `unset ${APPROVED_VARIABLE}`,
};
const BY_CONFIG = {
  source: `Pulumi config ${APPROVED}`,
  release:
    `pulumi config rm ${APPROVED} (destroy and refresh use the config of the last update, unless run with ` +
    "--run-program)",
};

/** A run that records its plans for a review, or runs only what was reviewed, where environment or config say so. */
export function reviewing(run: Host, config: Config): Host {
  const file = run.environment[REVIEW];
  if (file !== undefined && file !== "") return { ...run, review: reviewIn(file), wholePlans: true };
  for (const [path, from] of [
    [run.environment[APPROVED_VARIABLE], BY_VARIABLE],
    [config.get(APPROVED), BY_CONFIG],
  ] as const) {
    if (path !== undefined && path !== "") return { ...run, approval: makeApproval(run, { path, ...from }) };
  }
  return run;
}

/** A resource whose previews are recorded for a review, and that runs only what was reviewed, where the run says so. */
export function reviewed(resource: Resource): Resource {
  return {
    ...resource,
    async check(host, olds, news) {
      if (news[DRY_RUN] !== true) host.approval?.expectFile();
      const checked = await resource.check(host, olds, news);
      if (news[DRY_RUN] === true) return host.review?.checked(resource, checked) ?? checked;
      // What is refused already need not be compared with what was reviewed.
      if (checked.failures.length === 0) await host.approval?.plan(resource, olds, news);
      return checked;
    },
    async diff(host, id, olds, news) {
      const { removes = [], ...difference } = await resource.diff(host, id, olds, news);
      if (removes.length > 0) host.review?.removes(resource.identify(news), removes);
      await host.approval?.compare(resource, id, olds, news);
      return difference;
    },
    async create(host, inputs) {
      host.approval?.expectChange(resource.identify(inputs));
      return resource.create(host, inputs);
    },
    async update(host, id, olds, news) {
      host.approval?.expectChange(resource.identify(news));
      return resource.update(host, id, olds, news);
    },
    async delete(host, id, props) {
      host.approval?.expectDelete({ ...resource.identify(props), id });
      await resource.delete(host, id, props);
    },
  };
}
