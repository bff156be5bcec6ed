import type { Answer } from "./backend.js";
import type { Refusal } from "./errors.js";

/*
 * The messages of a server (https://www.postgresql.org/docs/current/protocol-message-formats.html) that answer a
 * query. What comes before that is pg-gateway's.
 */

function message(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const text = (value: string): Buffer => Buffer.from(`${value}\0`);
const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

/** Columns and rows, values as text. */
export function rows({ fields, rows: values }: Answer): Buffer {
  const described = fields.map(({ name, dataTypeID, dataTypeSize, dataTypeModifier }) =>
    Buffer.concat([
      text(name),
      int32(0),
      int16(0),
      int32(dataTypeID),
      int16(dataTypeSize),
      int32(dataTypeModifier),
      int16(0),
    ]),
  );
  const header = message("T", int16(fields.length), ...described);
  const lines = values.map((row) =>
    message(
      "D",
      int16(row.length),
      ...row.flatMap((value) => {
        if (value === null) return [int32(-1)];
        const bytes = Buffer.from(value);
        return [int32(bytes.length), bytes];
      }),
    ),
  );
  return Buffer.concat([header, ...lines]);
}

/** A statement is done. */
export function done(tag: string): Buffer {
  return message("C", text(tag));
}

export function empty(): Buffer {
  return message("I");
}

export function refused({ code, message: said, detail }: Refusal): Buffer {
  return message("E", ...report("ERROR", code, said, detail));
}

export function notice(code: string, said: string): Buffer {
  return message("N", ...report("WARNING", code, said));
}

function report(severity: string, code: string, said: string, detail?: string): Buffer[] {
  const fields = [`S${severity}`, `C${code}`, `M${said}`, ...(detail === undefined ? [] : [`D${detail}`])];
  return [...fields.map(text), Buffer.from("\0")];
}

/** The server waits for the next query. */
export function ready(status: "I" | "T" | "E"): Buffer {
  return message("Z", Buffer.from(status));
}
