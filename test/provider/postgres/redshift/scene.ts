import assert from "node:assert/strict";
import { startRedshift, type Redshift } from "../../../sandbox/redshift/index.js";
import { Stack, type Program } from "../stack.js";

/** A stack whose connection is to Redshift. */
export function stackOn(server: Redshift, variables: Readonly<Record<string, string>> = {}): Stack {
  const stack = new Stack(server);
  stack.environment = { ROSTER_POSTGRES_DIALECT: "redshift", PGDATABASE: "postgres", ...variables };
  return stack;
}

/** A cluster for the tests of one file, and a stack on it, a new one for each of them. */
export class Scene {
  stack: Stack;

  private constructor(readonly redshift: Redshift) {
    this.stack = stackOn(redshift);
  }

  /** Starts the cluster; `stop` ends it. */
  static async start(): Promise<Scene> {
    return new Scene(await startRedshift());
  }

  stop(): Promise<void> {
    return this.redshift.stop();
  }

  /** For a test that begins: nothing was seen, nothing goes wrong, nothing is stored. */
  begin(): void {
    this.redshift.seen.length = 0;
    this.redshift.fault = () => undefined;
    this.stack = stackOn(this.redshift);
  }

  /** After a test: everything goes, without a refusal. */
  async end(): Promise<void> {
    this.redshift.fault = () => undefined;
    const { errors } = await this.stack.destroy({ maxRemovals: 1000 });
    assert.deepEqual(messages(errors), []);
  }

  /** What the gate refused, each statement with what it said. */
  refused(): string[] {
    return this.redshift.seen.flatMap(({ statement, refusal }) =>
      refusal === undefined ? [] : [`${statement}: ${refusal.message}`],
    );
  }

  /** How often the gate saw statements that begin so. */
  sent(beginning: string): number {
    return this.redshift.seen.filter(({ statement }) => statement.startsWith(beginning)).length;
  }

  /** That a program takes effect, and leaves nothing to do, also after a look. Gives the plans. */
  async settles(program: Program, on = this.stack): Promise<Record<string, readonly string[]>> {
    const { plans } = await on.preview(program);
    await on.succeed(program);
    for (const look of [false, true]) {
      if (look) await on.refresh();
      const { ops, plans: again } = await on.preview(program);
      const words = `${look ? "after a refresh" : "as stored"}: ${JSON.stringify(again)}`;
      assert.deepEqual([...new Set(Object.values(ops))], ["same"], words);
    }
    assert.deepEqual(this.refused(), []);
    return plans;
  }

  /** Why a program is refused, in the preview and word for word in the update. */
  async reasons(program: Program): Promise<string> {
    const { errors } = await this.stack.preview(program);
    const later = await stackOn(this.redshift).up(program);
    assert.deepEqual(messages(later.errors), messages(errors), "an update says the same");
    return messages(errors).join("\n");
  }
}

export function messages(errors: readonly Error[]): string[] {
  return errors.map(({ message }) => message);
}

export const user = (name: string, args: object = {}): Program => ({
  [name]: { type: "User", args: { name, ...args } },
});
export const group = (name: string, args: object = {}): Program => ({
  [name]: { type: "Group", args: { name, ...args } },
});
/** One resource, after others, under a name that nothing else has. */
export const one = (type: string, args: object, ...after: string[]): Program => ({
  [JSON.stringify(args)]: { type, args: { ...args }, after },
});
export const grant = (args: object, ...after: string[]): Program => ({
  g: { type: "Grant", args: { ...args }, after },
});
