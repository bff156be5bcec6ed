import assert from "node:assert/strict";
import fc from "fast-check";
import { identifier, literal, roleIdentifier } from "../../../../provider/postgres/redshift/quote.js";
import { statementsOf } from "../../../sandbox/redshift/lexer.js";
import { Reader } from "../../../sandbox/redshift/reader.js";
import { RESERVED } from "../../../sandbox/redshift/words.js";

const text = fc.string({ unit: "grapheme", minLength: 1 }).filter((each) => !each.includes("\0"));

/** A reader of Redshift's grammar on one statement. */
function read(sql: string): Reader {
  const [tokens = [], ...more] = statementsOf(sql);
  assert.equal(more.length, 0, sql);
  return new Reader(tokens);
}

describe("quoting for Redshift", () => {
  it("gives a literal that reads as the text, backslashes and all", () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.stringMatching(/^[\\'";a-z-]{1,12}$/)), (given) => {
        const reader = read(literal(given));
        assert.equal(reader.string(), given);
        reader.end();
      }),
    );
  });

  it("gives a name that reads as the name of a user", () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.stringMatching(/^["';a-zA-Z_.-]{1,12}$/)), (given) => {
        const reader = read(identifier(given));
        assert.equal(reader.userName(), given);
        reader.end();
      }),
    );
  });

  it("puts quotation marks around every reserved word", () => {
    for (const word of RESERVED) assert.equal(identifier(word), `"${word}"`);
  });

  it("leaves the roles of the system as they are, and no other name with a colon", () => {
    assert.equal(roleIdentifier("sys:secadmin"), "sys:secadmin");
    assert.equal(roleIdentifier("sys:sec; DROP"), '"sys:sec; DROP"');
    assert.equal(roleIdentifier("a:b"), '"a:b"');
  });
});
