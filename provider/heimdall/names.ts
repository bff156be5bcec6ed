import * as z from "zod";
import { decodeNames, encodeNames } from "../core/lines.js";
import { refusedName } from "./arguments.js";

/** A list of names of actions or roles as one text (core/lines.ts); parsing gives the canonical text. */
export const nameLines = z.string().transform((text, context) => {
  try {
    const names = decodeNames(text);
    for (const name of names) {
      const reason = refusedName(name);
      if (reason !== undefined) context.addIssue({ code: "custom", message: `${JSON.stringify(name)} ${reason}` });
    }
    return encodeNames(names);
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as Error).message });
    return z.NEVER;
  }
});

/** The names in a list; undefined where there is none, and so the list is left alone. */
export function namesIn(text: string | undefined): readonly string[] | undefined {
  return text === undefined ? undefined : decodeNames(text);
}
