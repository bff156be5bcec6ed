import type { RosterError } from "../errors.js";

/** A message as it goes out. */
export interface Message {
  /** The same in every run: who gets it twice can tell. Letters, digits, `.` and `-`. */
  readonly id: string;
  /** One line. */
  readonly subject: string;
  /** Plain text: nothing in it is markup, whatever it holds. */
  readonly body: string;
  /** An address, for mail. */
  readonly recipient: string | undefined;
}

/** What became of messages that went together. */
export type Delivery =
  | { readonly delivered: true }
  /** `down`: others would not be delivered either. Else it is this message that was refused. */
  | { readonly delivered: false; readonly down: boolean; readonly error: RosterError };

/** Delivers messages. */
export interface Messenger {
  /** For messages about it: `webhook alerts (hooks.slack.com)`. Without secrets. */
  readonly description: string;
  /** How many messages go at once at most. */
  readonly atOnce: number;
  /** Delivers messages together: all of them, or none. Rejects for nothing that the other side does. */
  send(messages: readonly Message[]): Promise<Delivery>;
  close(): void;
}
