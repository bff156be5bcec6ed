// Tells the story of `npm run example:heimdall`: two environments, one made like the other, and a service of its own.
import { join } from "node:path";
import { Sandbox, findEngine } from "../../test/engine/index.js";
import { REPOSITORY } from "../../test/repository.js";
import { startHeimdall, type Contents, type HeimdallSandbox } from "../../test/sandbox/heimdall/heimdall.js";
import { chapter, say, table } from "../story/narration.js";
import { onInterrupt, pulumi, sayEngine, sayTime } from "../story/stage.js";

const STAGING: Contents = {
  actions: {
    "users:read": "Read users",
    "users:write": "Create and change users",
    "users:export": "Export users",
    "data:analyze": "Run analyses",
  },
  roles: {
    admin: { description: "Administrators", actions: ["users:read", "users:write", "users:export"] },
    analyst: { description: "Analysts", actions: ["users:read", "data:analyze"] },
  },
  mappings: {
    "GET /api/v1/users": { action: "users:read", description: "List users" },
    "POST /api/v1/users": { action: "users:write" },
    "GET /api/v1/users/export": { action: "users:export" },
    "POST /api/v1/data/analyze": { action: "data:analyze" },
  },
  groups: {
    operators: { description: "Operators", roles: ["admin"] },
    analysts: { description: "Data analysts", roles: ["analyst"] },
  },
};

/** As staging was some time ago, with what has since gone there, and with members, whom nobody mirrors. */
const PRODUCTION: Contents = {
  actions: { "users:read": "Read user", "users:write": "Create and change users", "legacy:action": "Old" },
  roles: { admin: { description: "Administrators", actions: ["users:read", "users:write", "legacy:action"] } },
  mappings: {
    "GET /api/v1/users": { action: "users:read", description: "Users" },
    "POST /api/v1/users": { action: "users:write" },
    "GET /api/v1/legacy": { action: "legacy:action" },
  },
  groups: { operators: { description: "Operators", roles: ["admin"], members: ["11122233344"] } },
};

async function main(): Promise<void> {
  const started = Date.now();
  const engine = findEngine();
  say("Roster: one environment of Heimdall made exactly like another.");
  sayEngine(engine);
  say("Heimdall: two sandboxes on this machine, as strict as the real service.");
  const [staging, production] = [await startHeimdall(STAGING), await startHeimdall(PRODUCTION)];
  const env = environmentFor(staging, production);
  const at = (folder: string): Sandbox =>
    new Sandbox({ engine, cwd: join(REPOSITORY, "examples", folder), stack: "example", env });
  const [mirror, service] = [at("heimdall"), at("heimdall/service")];
  const cleanUp = (): Promise<unknown> =>
    Promise.allSettled([mirror.close(), service.close(), staging.close(), production.close()]);
  onInterrupt(cleanUp);
  try {
    await mirror.open();
    await service.open();
    await story({ staging, production, mirror, service });
    sayTime(started);
  } finally {
    await cleanUp();
  }
}

/** What the programs see: the two environments, and nothing of the caller's connections. */
function environmentFor(staging: HeimdallSandbox, production: HeimdallSandbox): NodeJS.ProcessEnv {
  const others = Object.keys(process.env).filter(
    (name) => /^(HEIMDALL|ROSTER)_/.test(name) && name !== "ROSTER_ENGINE",
  );
  return {
    ...Object.fromEntries(others.map((name) => [name, undefined])),
    ROSTER_STAGING_URL: staging.url,
    ROSTER_STAGING_TOKEN: staging.token,
    ROSTER_PRODUCTION_URL: production.url,
    ROSTER_PRODUCTION_TOKEN: production.token,
  };
}

interface Scene {
  readonly staging: HeimdallSandbox;
  readonly production: HeimdallSandbox;
  readonly mirror: Sandbox;
  readonly service: Sandbox;
}

async function story({ staging, production, mirror, service }: Scene): Promise<void> {
  chapter(1, "The preview, as a pull request shows it");
  await pulumi(mirror, ["preview", "--diff", "--show-full-output"]);
  say(
    `\nWritten to staging: ${String(staging.writes().length)}. Written to production: ${String(production.writes().length)}.`,
  );

  chapter(2, "Production becomes like staging");
  await pulumi(mirror, ["up", "--yes", "--skip-preview"]);
  say("\nWhat production has now; the member of operators is as before:\n");
  show(production);

  chapter(3, "A service brings a role of its own");
  await pulumi(service, ["up", "--yes", "--skip-preview"]);
  show(production);
  say("\nThe mirror leaves it alone, because it is on its ignore list:\n");
  await pulumi(mirror, ["preview", "--refresh", "--expect-no-changes"]);

  chapter(4, "Somebody changes production by hand");
  production.store.addAction("hotfix:all", "Everything");
  production.store.roles.find(({ name }) => name === "analyst")?.actions.add("hotfix:all");
  say("An action hotfix:all, given to the analysts. The check in CI finds it and fails:\n");
  await pulumi(mirror, ["preview", "--refresh", "--diff", "--show-full-output", "--expect-no-changes"], "any");
  await pulumi(mirror, ["up", "--refresh", "--yes", "--skip-preview"]);
  say(`\nStaging was asked ${String(staging.calls.length)} times, each with GET.`);
}

function show(heimdall: HeimdallSandbox): void {
  const { groups, roles } = heimdall.store.picture();
  table(
    ["group", "roles", "actions", "members"],
    Object.entries(groups).map(([name, { roles: of, members }]) => [
      name,
      of.join(", "),
      [...new Set(of.flatMap((role) => roles[role]?.actions ?? []))].join(", "),
      members.join(", "),
    ]),
  );
}

main().catch((error: unknown) => {
  console.error(`\nThe example could not go on: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
