import assert from "node:assert/strict";
import { claimsOf } from "../../../provider/core/tokens.js";
import { PREFIX } from "../../sandbox/heimdall/answers.js";
import type { Numbered } from "../../sandbox/heimdall/contract.js";
import type { Contents } from "../../sandbox/heimdall/heimdall.js";

const { HEIMDALL_TEST_URL = "", HEIMDALL_TEST_TOKEN = "" } = process.env;

/** The real Heimdall that tests may fill and empty; undefined where the environment names none. */
export const REAL =
  HEIMDALL_TEST_URL === "" || HEIMDALL_TEST_TOKEN === ""
    ? undefined
    : { url: HEIMDALL_TEST_URL, token: HEIMDALL_TEST_TOKEN };

/** What was asked for, and what was answered. */
export interface Spoken {
  readonly status: number;
  readonly body: unknown;
}

interface Named {
  readonly name: string;
}

/** What a Heimdall holds, with the numbers that it has given. */
interface Held extends Numbered {
  readonly roles: readonly Named[];
  readonly groups: readonly Named[];
}

/** A Heimdall with a token of an administrator, as tests see it: filled and emptied through its own interface. */
export class RealHeimdall {
  constructor(
    readonly url: string,
    readonly token: string,
  ) {}

  /** The CPF of the token. */
  get cpf(): unknown {
    return claimsOf(this.token)?.["preferred_username"];
  }

  async speak(request: string, body?: unknown): Promise<Spoken> {
    const [method = "", target = ""] = request.split(/ (.*)/s);
    const answer = await fetch(this.url + PREFIX + target, {
      method,
      redirect: "manual",
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === "" ? undefined : JSON.parse(text) };
  }

  /** Speaks, and throws where it is refused. */
  private async ask<T>(request: string, body?: unknown): Promise<T> {
    const answer = await this.speak(request, body);
    assert.ok(answer.status < 300, `${request}: ${String(answer.status)} ${JSON.stringify(answer.body)}`);
    return answer.body as T;
  }

  /** What there is besides superadmin. */
  async held(): Promise<Held> {
    const { actions } = await this.ask<Pick<Held, "actions">>("GET /actions/?limit=100");
    const { items } = await this.ask<{ items: Named[] }>("GET /roles/?limit=100");
    return {
      actions,
      roles: items.filter(({ name }) => name !== "superadmin"),
      mappings: await this.ask<Held["mappings"]>("GET /mappings/list"),
      groups: await this.ask<Named[]>("GET /groups/"),
    };
  }

  /** Throws where it holds anything: what somebody needs is not there for tests to delete. */
  async expectEmpty(): Promise<void> {
    const { actions, roles, mappings, groups } = await this.held();
    const found = [...actions, ...roles, ...groups].map(({ name }) => name);
    assert.ok(found.length + mappings.length === 0, `${this.url} is not empty, and is left alone: ${found.join(", ")}`);
  }

  async empty(): Promise<void> {
    const { actions, roles, mappings, groups } = await this.held();
    for (const { id } of mappings) await this.ask(`DELETE /mappings/${String(id)}`);
    for (const { name } of groups) await this.ask(`DELETE /groups/${name}`);
    for (const { id } of actions) await this.ask(`DELETE /actions/${String(id)}`);
    for (const { name } of roles) await this.ask(`DELETE /roles/${name}`);
  }

  async fill({ actions = {}, roles = {}, mappings = {}, groups = {} }: Contents): Promise<void> {
    const numbers = new Map<string, number>();
    for (const [name, description] of Object.entries(actions)) {
      numbers.set(name, (await this.ask<{ id: number }>("POST /actions/", { name, description })).id);
    }
    for (const [name, { description, actions: of = [] }] of Object.entries(roles)) {
      await this.ask("POST /roles/", { name, description });
      for (const action of of) await this.ask(`POST /roles/${name}/actions`, { action_name: action });
    }
    for (const [key, { action, description = null }] of Object.entries(mappings)) {
      const [method, path_pattern] = key.split(/ (.*)/s);
      await this.ask("POST /mappings/", { method, path_pattern, action_id: numbers.get(action), description });
    }
    for (const [name, { description, roles: of = [], members = [] }] of Object.entries(groups)) {
      await this.ask("POST /groups/", { name, description });
      for (const role of of) await this.ask(`POST /roles/groups/${name}/roles`, { role_name: role });
      for (const subject of members) await this.ask(`POST /groups/${name}/members`, { subject });
    }
  }
}
