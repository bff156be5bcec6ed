import assert from "node:assert/strict";
import fc from "fast-check";
import { RosterError } from "../../../provider/core/errors.js";
import { REDACTED, redact, registerSecret } from "../../../provider/core/redact.js";
import { literal } from "../../../provider/postgres/quote.js";
import { awkwardText } from "./texts.js";

let count = 0;

/** Secrets that no other test has, so that what this process remembers cannot make a test pass. */
const secret = awkwardText({ maxLength: 8 }).map((text) => {
  count += 1;
  return `s3cret-${String(count)}${text}-end`;
});

describe("redact", () => {
  it("gives back what it registers", () => {
    assert.equal(registerSecret("given-back"), "given-back");
    assert.equal(registerSecret<string | undefined>(undefined), undefined);
  });

  it("finds a secret in a text as it is, in JSON and in SQL", () => {
    fc.assert(
      fc.property(secret, awkwardText(), (value, around) => {
        registerSecret(value);
        const texts = [
          value,
          JSON.stringify({ value }),
          `PASSWORD ${literal(value)}`,
          `"${value.replaceAll('"', '""')}"`,
        ];
        for (const text of texts) {
          const shown = redact(`${around}${text}${around}`);
          assert.ok(shown.includes(REDACTED), text);
          assert.ok(!shown.includes("s3cret-") && !shown.includes("-end"), shown);
        }
      }),
    );
  });

  it("finds a secret of several lines in every part of an error", () => {
    const key = registerSecret("first-line-of-a-key\nsecond-line-of-a-key\r\nthird");
    const details = { tried: `open ${key}`, said: `no such file '${key}'`, remedy: `look at ${key}` };
    const error = new RosterError(`cannot read ${key}`, details).about(key);
    for (const text of [error.message, String(error)]) assert.doesNotMatch(text, /line-of-a-key|third/);
  });

  it("leaves nothing of a secret that holds another one", () => {
    registerSecret("inner-secret");
    registerSecret("outer-inner-secret-outer");
    assert.equal(redact("a outer-inner-secret-outer b inner-secret c"), "a [secret] b [secret] c");
  });

  it("leaves texts alone that hold no secret, and does not look for the shortest", () => {
    registerSecret("abc");
    registerSecret("");
    assert.equal(redact("abc and nothing to hide"), "abc and nothing to hide");
  });
});
