import { commandOf } from "./commands.js";
import type { Command, Context } from "./command.js";
import { Refusal, refusals } from "./errors.js";
import { statementsOf, type Token } from "./lexer.js";
import { done, empty, notice, ready, refused, rows } from "./wire.js";

/** What a gate is told to do to a statement instead of running it. */
export type Fault = (statement: string) => Refusal | undefined;

/** What the gate has seen of a statement. */
export interface Seen {
  readonly statement: string;
  /** Undefined where it passed. */
  readonly refusal: Refusal | undefined;
}

/** One session of the gate: takes queries, and answers as Redshift does. */
export class Session {
  private readonly sending: Buffer[] = [];
  /** As whom statements ran when the transaction began. */
  private authorizedBefore: string | undefined;

  constructor(
    private readonly context: Context,
    private readonly fault: Fault,
    private readonly saw: (seen: Seen) => void,
  ) {
    context.db.onNotice(({ code = "01000", message = "" }) => {
      // Notices are PostgreSQL's own talk; warnings say that something was left undone.
      if (code.startsWith("01")) this.sending.push(notice(code, message));
    });
  }

  /** Answers one message, which may hold several statements: they are one transaction, unless they say otherwise. */
  async answer(sql: string): Promise<Buffer> {
    try {
      const statements = statementsOf(sql);
      if (statements.length === 0) this.sending.push(empty());
      else await this.run(statements);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.sending.push(refused(error));
    }
    this.sending.push(ready(this.context.db.status));
    return Buffer.concat(this.sending.splice(0));
  }

  private async run(statements: readonly (readonly Token[])[]): Promise<void> {
    const { db } = this.context;
    let own = false;
    try {
      for (const tokens of statements) {
        const command = this.read(tokens);
        if (db.status === "I") this.authorizedBefore = db.authorization;
        if (command.transaction === undefined && command.alone === undefined && db.status === "I") {
          await db.run("BEGIN");
          own = true;
        }
        if (command.alone && (db.status !== "I" || statements.length > 1)) throw refusals.inTransaction(command.tag);
        // Inside a message of several statements BEGIN makes their transaction one that goes on after it.
        if (command.transaction === "begin" && own) {
          own = false;
          this.sending.push(done(command.tag));
        } else await this.carryOut(command, text(tokens));
        if (command.transaction === "rollback") db.authorization = this.authorizedBefore;
        if (db.status === "I") own = false;
        this.saw({ statement: text(tokens), refusal: undefined });
      }
      if (own) await db.run("COMMIT");
    } catch (error) {
      const refusal = error instanceof Refusal ? error : undefined;
      const nth = this.sending.filter((sent) => sent[0] === "C".charCodeAt(0)).length;
      const tokens = statements[nth];
      if (refusal !== undefined && tokens !== undefined) this.saw({ statement: text(tokens), refusal });
      if (own) {
        await db.run("ROLLBACK");
        db.authorization = this.authorizedBefore;
      } else await db.fail();
      throw error;
    } finally {
      if (db.status === "I") await db.settle();
    }
  }

  private read(tokens: readonly Token[]): Command {
    const sensitive = this.context.parameters.get("enable_case_sensitive_identifier") ?? "off";
    return commandOf(tokens, /^(on|true|1)$/i.test(sensitive));
  }

  private async carryOut(command: Command, statement: string): Promise<void> {
    const fault = this.fault(statement);
    if (fault !== undefined) throw fault;
    const answer = await command.act(this.context);
    if (answer !== undefined && command.tag !== "SET") this.sending.push(rows(answer));
    this.sending.push(done(command.tag === "SELECT" ? `SELECT ${String(answer?.rows.length ?? 0)}` : command.tag));
  }
}

function text(tokens: readonly Token[]): string {
  return tokens.map(({ source }) => source).join(" ");
}
