import assert from "node:assert/strict";
import type { PostgresServer } from "../postgres/server.js";
import { config, group, members, secret, user, type Declaration } from "./declare.js";
import { onEachEngine, scene } from "./scene.js";
import type { Workspace } from "./workspace.js";

/** The word in every secret: it must be found nowhere. */
const CANARY = "kanari";
const secretOf = (what: string): string => `${CANARY}-${what}'"\\é`;

/** The word in what the program alone calls secret. The server's log has it: it is no password. */
const REMARK = "nightingale";

/** What gives a password away too: with the verifier one can try passwords at leisure. */
const VERIFIER = "SCRAM-SHA-256$";

const ADMIN = secretOf("admin");

function program(db: PostgresServer, change: Parameters<typeof user>[1] = {}): Declaration[] {
  const connection = {
    name: "own",
    host: db.host,
    port: db.port,
    user: "operator",
    password: ADMIN,
    // Not used where the server has no TLS, and no less a secret.
    sslkey: `-----BEGIN PRIVATE KEY-----\n${CANARY}key\n-----END PRIVATE KEY-----\n`,
  };
  return [
    user("ana", { connection, password: secretOf("ana"), ...change }),
    user("rui", { connection: "configured", password: secret(secretOf("rui")), passwordVersion: 1 }),
    user("zoe", { connection: "configured", password: config("zoe"), comment: secret(`the '${REMARK}'`) }),
    group("analysts", { connection: "configured" }),
    members("analysts", ["ana", "rui"], { connection: "configured" }, { dependsOn: ["ana", "rui"] }),
  ];
}

/** Users that cannot be made, in each place where an error could repeat a secret. They fail side by side. */
function refused(db: PostgresServer): Declaration[] {
  const on = (name: string, settings: object): Parameters<typeof user>[1] => ({
    connection: { name, host: db.host, port: db.port, user: "operator", password: ADMIN, ...settings },
    password: secretOf("refused"),
  });
  return [
    // The server refuses a statement with the verifier in it.
    user("vic1", { ...on("clerk", { user: "clerk", password: secretOf("clerk") }), superuser: true }),
    user("vic2", on("wrong", { password: secretOf("wrong") })),
    user("vic3", on("path", { sslkey: `/nowhere/${CANARY}.key` })),
    user("vic4", on("pem", { sslmode: "require", sslkey: `${CANARY} is no PEM -----BEGIN` })),
  ];
}

/** Users whose arguments are refused: each ends the program. */
function invalid(db: PostgresServer): Declaration[] {
  const connection = { name: "broken", host: db.host, user: "operator", password: ADMIN };
  return [
    user("vic", { connection, password: secretOf("invalid"), validUntil: "not a date" }),
    user("vic", { connection: { ...connection, nonsense: secretOf("nonsense") } as never }),
    // A number where a text belongs: what the program marks as secret is secret of any type.
    user("vic", { connection: "configured", password: secret(4711471147114711 as unknown as string) }),
    user("vic", { connection: "configured", validUntil: secret(`no date: ${REMARK}`) }),
    user("vic", { connection: "configured", pasword: secretOf("misspelt") } as never),
  ];
}

async function seen(workspace: Workspace, commands: readonly (readonly string[])[]): Promise<string[]> {
  const texts: string[] = [];
  for (const command of commands) texts.push((await workspace.start(command).finished).text);
  return texts;
}

function expectNoSecret(where: string, text: string, words: readonly string[]): void {
  for (const word of words) {
    const at = text.indexOf(word);
    assert.equal(at, -1, `${where} holds a secret: ...${text.slice(Math.max(0, at - 200), at + 100)}...`);
  }
}

const up = ["up", "--yes"];

onEachEngine("secrets", (engine) => {
  it("appear in no output, in no state and in no log of the server", () =>
    scene(
      {
        engine,
        given:
          `CREATE ROLE operator LOGIN SUPERUSER PASSWORD ${literal(ADMIN)};` +
          `CREATE ROLE clerk LOGIN CREATEROLE PASSWORD ${literal(secretOf("clerk"))}`,
        takenBack: "DROP ROLE operator; DROP ROLE clerk",
        env: () => ({}),
      },
      async (workspace, db) => {
        const log = (await db.log()).length;
        const settings = { host: db.host, port: String(db.port), user: "operator", password: ADMIN };
        for (const [setting, value] of Object.entries(settings)) {
          const path = `roster:connections.configured.${setting}`;
          await workspace.run([
            "config",
            "set",
            "--path",
            ...(setting === "password" ? ["--secret"] : []),
            path,
            value,
          ]);
        }
        await workspace.run(["config", "set", "--secret", "zoe", secretOf("zoe")]);

        workspace.declare(program(db));
        const before = await seen(workspace, [["preview", "--diff"], ["preview", "--json"], up]);
        const states = [workspace.stateText()];
        await db.query("SELECT 1", { user: "zoe", password: secretOf("zoe") });

        // A new password alone is no change: nothing could tell whether it is one. Its version says so.
        workspace.declare(program(db, { password: secretOf("unversioned") }));
        before.push((await workspace.run(["preview", "--diff", "--expect-no-changes"])).text);

        const changed = program(db, { passwordVersion: 2, password: secretOf("later"), comment: "changed" });
        workspace.declare(changed);
        const change = await seen(workspace, [
          ["preview", "--diff"],
          up,
          ["preview", "--json", "--refresh"],
          ["stack", "export"],
        ]);
        states.push(workspace.stateText());
        await db.query("SELECT 1", { user: "ana", password: secretOf("later") });

        const { text } = await workspace.upFails([...changed, ...refused(db)], "--continue-on-error");
        for (const name of ["vic1", "vic2", "vic3", "vic4"]) assert.match(text, new RegExp(`User "${name}"`));
        const errors = [text];
        for (const declaration of invalid(db))
          errors.push((await workspace.previewFails([...changed, declaration])).text);
        states.push(workspace.stateText());

        const words = [CANARY, REMARK, "4711471147114711", VERIFIER];
        assert.match(before.join("\n"), /COMMENT ON ROLE zoe IS .*\[secret\]/);
        for (const text of [...before, ...change, ...errors]) expectNoSecret("the output", text, words);
        for (const text of states) expectNoSecret("the state", text, words);
        expectNoSecret("the server's log", (await db.log()).slice(log), [CANARY]);
        workspace.declare(changed);
      },
    ));
});

function literal(text: string): string {
  return `E'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}
