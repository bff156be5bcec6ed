import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { request } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { RealmRepresentation, UserRepresentation } from "../../sandbox/keycloak/representation.js";
import { startSandboxServer, type Answer, type Call, type SandboxServer } from "../../sandbox/server.js";

/** Machines may be busy, and the first start builds what it runs; alone it takes half a minute. */
const START_MS = 360_000;

/** A real Keycloak behind a server that counts and can fail, and what an administrator does to it. */
export interface RealKeycloak extends SandboxServer {
  importRealm(realm: RealmRepresentation): Promise<void>;
  deleteGroup(realm: string, path: string): Promise<void>;
  deleteUser(realm: string, username: string): Promise<void>;
  addUser(realm: string, user: UserRepresentation): Promise<void>;
  setAttributes(realm: string, username: string, attributes: UserRepresentation["attributes"]): Promise<void>;
  revokeTokens(realm: string): Promise<void>;
  /** What happens before a request is passed on. */
  before: (call: Call) => Promise<void>;
}

/** Where a real Keycloak lies; undefined where there is none. */
export const KEYCLOAK_HOME = process.env["KEYCLOAK_HOME"] === "" ? undefined : process.env["KEYCLOAK_HOME"];

/** Starts the Keycloak of KEYCLOAK_HOME with nothing but its own realm, in memory. */
export async function startRealKeycloak(home: string): Promise<RealKeycloak> {
  const program = path.join(home, "bin", process.platform === "win32" ? "kc.bat" : "kc.sh");
  if (!existsSync(program)) throw new Error(`KEYCLOAK_HOME is ${home}, and there is no ${program}`);
  const port = await freePort();
  const password = randomBytes(12).toString("hex");
  const running = run(program, port, password);
  const direct = (method: string, target: string, options: Partial<Call> = {}): Promise<Answer> =>
    forward(port, {
      method,
      path: target,
      query: new URLSearchParams(),
      headers: {},
      text: "",
      body: undefined,
      ...options,
    });
  try {
    await untilUp(running, () => direct("GET", "/realms/master"));
  } catch (error) {
    await end(running);
    throw error;
  }
  const server = await startSandboxServer(async (call) => {
    await keycloak.before(call);
    return forward(port, call);
  });

  async function admin(method: string, target: string, body?: unknown): Promise<unknown> {
    const form = new URLSearchParams({ grant_type: "password", client_id: "admin-cli", username: "admin", password });
    const login = await direct("POST", "/realms/master/protocol/openid-connect/token", {
      headers: { "content-type": "application/x-www-form-urlencoded" },
      text: form.toString(),
    });
    const { access_token: token } = JSON.parse(String(login.body)) as { access_token: string };
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const answer = await direct(method, `/admin/realms${target}`, {
      headers,
      text: body === undefined ? "" : JSON.stringify(body),
    });
    const text = typeof answer.body === "string" ? answer.body : "";
    if (answer.status >= 300) throw new Error(`${method} ${target}: ${String(answer.status)} ${text.slice(0, 500)}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  async function userOf(realm: string, username: string): Promise<{ readonly id: string }> {
    const query = new URLSearchParams({ username, exact: "true" }).toString();
    const [found] = (await admin("GET", `/${realm}/users?${query}`)) as { id: string }[];
    if (found === undefined) throw new Error(`realm ${realm} has no user ${username}`);
    return found;
  }

  const keycloak: RealKeycloak = {
    ...server,
    before: () => Promise.resolve(),
    async importRealm(realm) {
      await admin("POST", "", realm);
    },
    async deleteGroup(realm, group) {
      const found = (await admin("GET", `/${realm}/group-by-path/${encodeURI(group.slice(1))}`)) as { id: string };
      await admin("DELETE", `/${realm}/groups/${found.id}`);
    },
    async deleteUser(realm, username) {
      await admin("DELETE", `/${realm}/users/${(await userOf(realm, username)).id}`);
    },
    async addUser(realm, user) {
      await admin("POST", `/${realm}/users`, user);
    },
    async setAttributes(realm, username, attributes) {
      const user = await userOf(realm, username);
      await admin("PUT", `/${realm}/users/${user.id}`, { ...user, attributes });
    },
    async revokeTokens(realm) {
      // Keycloak counts whole seconds: what was given in this one is good in the next.
      await pause(1000);
      await admin("PUT", `/${realm}`, { notBefore: Math.floor(Date.now() / 1000) });
    },
    async close() {
      await server.close();
      await end(running);
    },
  };
  return keycloak;
}

interface Running {
  readonly child: ChildProcess;
  /** The last of what it said, for when it does not start. */
  readonly output: string[];
}

function run(program: string, port: number, password: string): Running {
  const options = ["--db=dev-mem", "--cache=local", "--http-host=127.0.0.1", `--http-port=${String(port)}`];
  // The shell ends Keycloak when its standard input ends: also where this process is killed.
  const watch = '"$0" "$@" & child=$!; (cat; kill "$child") >/dev/null 2>&1 <&3 & wait "$child"';
  const child = spawn("sh", ["-c", `exec 3<&0; ${watch}`, program, "start-dev", ...options], {
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
    env: {
      ...process.env,
      KC_BOOTSTRAP_ADMIN_USERNAME: "admin",
      KC_BOOTSTRAP_ADMIN_PASSWORD: password,
      JAVA_OPTS_KC_HEAP: "-Xms64m -Xmx1g",
    },
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output.push(text);
      output.splice(0, output.length - 50);
    });
  }
  return { child, output };
}

async function untilUp({ child, output }: Running, ask: () => Promise<Answer>): Promise<void> {
  const until = Date.now() + START_MS;
  while (Date.now() < until && child.exitCode === null) {
    const answer = await ask().catch(() => undefined);
    if (answer?.status === 200) return;
    await pause(500);
  }
  throw new Error(`Keycloak did not start:\n${output.join("").slice(-3000)}`);
}

async function end({ child }: Running): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => {
      resolve();
    });
  });
  // The group: the shell, Keycloak's own script and Java.
  process.kill(-child.pid, "SIGKILL");
  await ended;
}

/** Passes a request on. The host stays, because Keycloak puts it into its tokens. */
function forward(port: number, call: Call): Promise<Answer> {
  const { method, path: target, query, headers, text } = call;
  const { connection: _connection, "content-length": _length, ...passed } = headers;
  const sent = { ...passed, ...(text === "" ? {} : { "content-length": String(Buffer.byteLength(text)) }) };
  const search = query.toString();
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: "127.0.0.1", port, method, path: search === "" ? target : `${target}?${search}`, headers: sent },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const type = response.headers["content-type"];
          resolve({
            status: response.statusCode ?? 0,
            body: Buffer.concat(chunks).toString("utf8"),
            ...(type === undefined ? {} : { headers: { "content-type": type } }),
          });
        });
      },
    );
    asked.on("error", reject);
    asked.end(text);
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
