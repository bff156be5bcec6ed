import assert from "node:assert/strict";
import { copyFileSync, existsSync } from "node:fs";
import path from "node:path";
import { user } from "../../e2e/declare.js";
import { scene } from "../../e2e/scene.js";
import type { Workspace } from "../../e2e/workspace.js";
import { findEngine } from "../../engine/index.js";
import type { PostgresServer } from "../../postgres/server.js";
import { githubScripts, gitlabScripts, runScripts, Tools, type Ended, type Values } from "./jobs.js";

const engine = findEngine("stand-in");
const GITHUB = "examples/ci/github/access.yml";
const GITLAB = "examples/ci/gitlab/.gitlab-ci.yml";

/** Where the plan of a pull request is kept until the merge. */
const KEPT = "kept-plan.json";

interface Service {
  readonly title: string;
  readonly run: (job: "plan" | "up" | "drift", folder: string, db: PostgresServer) => ReturnType<typeof githubScripts>;
  /** What the service answers where there is a comment already, a plan of the pull request, an open issue. */
  readonly commented: Readonly<Record<string, string>>;
  readonly reviewed: (folder: string) => Readonly<Record<string, string>>;
  readonly open: Readonly<Record<string, string>>;
  /** How it is called then. */
  readonly comments: RegExp;
  readonly updates: RegExp;
  readonly opens: RegExp;
  readonly edits: RegExp;
  readonly closes: RegExp;
}

const vars = (db: PostgresServer): Values => ({ PULUMI_STACK: "dev", PGHOST: db.host, PGUSER: db.user });
const prefixed = (prefix: string, values: Values): Values =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));

const SERVICES: readonly Service[] = [
  {
    title: "GitHub Actions",
    run: (job, folder, db) =>
      githubScripts(GITHUB, job, {
        ...prefixed("vars.", vars(db)),
        "github.token": "t",
        "github.event.pull_request.number": "7",
        "github.workspace": folder,
      }).map((script) => ({
        ...script,
        env: { ...script.env, GITHUB_REPOSITORY: "acme/access", GITHUB_SHA: "merged" },
      })),
    commented: { "api --paginate repos/acme/access/issues/7/comments": "77" },
    reviewed: () => ({ "api repos/acme/access/commits/merged/pulls": "headsha", "run list": "12" }),
    open: { "issue list": "5" },
    comments: /^pr comment 7 --body-file comment\.md$/,
    updates: /^api --silent --method PATCH repos\/acme\/access\/issues\/comments\/77 /,
    opens: /^issue create --title Access on dev was changed by hand --label access-drift/,
    edits: /^issue edit 5 --body-file drift\.md$/,
    closes: /^issue close 5 /,
  },
  {
    title: "GitLab CI",
    run: (job, folder, db) =>
      gitlabScripts(GITLAB, job, {
        ...vars(db),
        PULUMI_ORGANIZATION: "acme",
        PULUMI_ID_TOKEN: "t",
        AWS_ID_TOKEN: "t",
        AWS_READER_ROLE: "reader",
        AWS_WRITER_ROLE: "writer",
        BOT_TOKEN: "t",
        CI_SERVER_HOST: "gitlab.example.com",
        CI_PROJECT_DIR: folder,
        CI_PROJECT_ID: "3",
        CI_MERGE_REQUEST_IID: "7",
        CI_COMMIT_SHA: "merged",
      }),
    commented: { "api --paginate projects/3/merge_requests/7/notes": '[{"id":77,"body":"<!-- access plan -->\\n"}]' },
    reviewed: (folder) => ({
      "api projects/3/repository/commits/merged/merge_requests": '[{"sha":"headsha"}]',
      "api projects/3/pipelines?sha=headsha": '[{"id":12}]',
      "api projects/3/pipelines/12/jobs": '[{"id":1,"name":"other"},{"id":2,"name":"plan"}]',
      "api projects/3/jobs/2/artifacts/plan.json": `@${path.join(folder, KEPT)}`,
    }),
    open: { "api projects/3/issues?": '[{"iid":5}]' },
    comments: /^api --method POST projects\/3\/merge_requests\/7\/notes /,
    updates: /^api --method PUT projects\/3\/merge_requests\/7\/notes\/77 /,
    opens: /^api --method POST projects\/3\/issues --field title=Access on dev was changed by hand /,
    edits: /^api --method PUT projects\/3\/issues\/5 --field description=@drift\.md$/,
    closes: /^api --method PUT projects\/3\/issues\/5 --field state_event=close$/,
  },
];

for (const service of SERVICES) {
  describe(`the template for ${service.title}`, function () {
    this.timeout(300_000);

    it("shows a plan in one comment, runs it after the merge and nothing else, and tells drift in one issue", () =>
      scene({ engine }, async (workspace, db) => {
        const tools = new Tools(workspace.folder, { pulumi: [engine.command, ...engine.args], password: db.password });
        const job = (name: "plan" | "up" | "drift"): Promise<Ended> =>
          runIn(workspace, tools, service.run(name, workspace.folder, db));
        const ok = async (name: "plan" | "up" | "drift"): Promise<void> => {
          const { code, text } = await job(name);
          assert.equal(code, 0, text);
        };
        workspace.declare([user("ana")]);

        await ok("plan");
        const [first] = tools.taken().filter(({ words }) => service.comments.test(words));
        assert.match(
          first?.body ?? "",
          /^<!-- access plan -->\n### Access on `dev`: 1 to create\n[^]*CREATE ROLE ana LOGIN;/,
        );
        tools.answer(service.commented);
        await ok("plan");
        const again = tools.taken();
        assert.ok(
          again.some(({ words }) => service.updates.test(words)),
          JSON.stringify(again),
        );
        assert.ok(!again.some(({ words }) => service.comments.test(words)), "there is one comment");

        copyFileSync(path.join(workspace.folder, "plan.json"), path.join(workspace.folder, KEPT));
        tools.answer({});
        const unreviewed = await job("up");
        assert.match(unreviewed.text, /nobody has reviewed a plan/);
        assert.equal(unreviewed.code, 1);
        tools.answer(service.reviewed(workspace.folder));
        await ok("up");
        const exists = async (name: string): Promise<boolean> =>
          (await db.query("SELECT FROM pg_roles WHERE rolname = $1", { values: [name] })).length > 0;
        assert.equal(await exists("ana"), true);
        workspace.declare([user("ana"), user("mallory")]);
        const more = await job("up");
        assert.match(more.text, /postgres\.User "mallory": it is not in the approved plan/);
        assert.deepEqual([more.code === 0, await exists("mallory")], [false, false]);
        workspace.declare([user("ana")]);

        for (const [code, open, called] of [
          [2, {}, service.opens],
          [2, service.open, service.edits],
          [0, service.open, service.closes],
        ] as const) {
          tools.taken();
          tools.answer(open);
          tools.drift(code);
          await ok("drift");
          const told = tools.taken();
          assert.ok(
            told.some(({ words }) => called.test(words)),
            JSON.stringify(told),
          );
          const others = [service.opens, service.edits, service.closes].filter((other) => other !== called);
          assert.ok(!told.some(({ words }) => others.some((other) => other.test(words))), JSON.stringify(told));
        }
        tools.drift(1);
        assert.equal((await job("drift")).code, 1, "what could not be told fails");
        assert.deepEqual(tools.taken(), []);
        assert.ok(existsSync(path.join(workspace.folder, "drift.md")));
      }));
  });
}

/** As on a runner: no password in the variables, only the command that makes one. */
function runIn(workspace: Workspace, tools: Tools, scripts: ReturnType<typeof githubScripts>): Promise<Ended> {
  const { PGPASSWORD: _none, ...env } = workspace.environment();
  return runScripts(scripts, { cwd: workspace.folder, env: { ...env, PATH: tools.path } });
}
