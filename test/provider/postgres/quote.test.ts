import assert from "node:assert/strict";
import fc from "fast-check";
import { Client } from "pg";
import { comment, identifier, literal, variable } from "../../../provider/postgres/quote.js";
import { POSTGRES_VERSIONS } from "../../postgres/server.js";
import { sharedPostgres } from "../../postgres/shared.js";
import { awkwardText, serverName, serverText } from "../core/texts.js";

for (const version of POSTGRES_VERSIONS) {
  describe(`quote: PostgreSQL ${String(version)}`, () => {
    let client: Client;
    before(async () => {
      const { host, port, user, password } = await sharedPostgres(version);
      client = new Client({ host, port, user, password, database: "postgres", ssl: false });
      await client.connect();
    });
    after(() => client.end());

    /** The first column of the only row. */
    async function value(sql: string): Promise<unknown> {
      const result = await client.query<unknown[]>({ text: sql, rowMode: "array" });
      return result.rows[0]?.[0];
    }

    const role = (name: string, column = "rolname"): Promise<unknown> =>
      client
        .query<unknown[]>({
          text: `SELECT ${column} FROM pg_roles WHERE rolname = $1`,
          values: [name],
          rowMode: "array",
        })
        .then(({ rows }) => rows[0]?.[0]);

    it("gives every role exactly the name that is meant, in every statement", async () => {
      await fc.assert(
        fc.asyncProperty(serverName(), serverName(), async (name, other) => {
          fc.pre(name !== other);
          const [a, b] = [identifier(name), identifier(other)];
          await client.query("BEGIN");
          try {
            await client.query(
              `CREATE ROLE ${a}; CREATE ROLE ${b} LOGIN; GRANT ${a} TO ${b}; COMMENT ON ROLE ${a} IS 'x';`,
            );
            assert.equal(await role(name), name);
            assert.equal(await role(other, "rolcanlogin"), true);
            assert.equal(
              await value(`SELECT pg_has_role(${literal(other)}, ${literal(name)}, 'MEMBER')`),
              true,
              "the membership is between the two",
            );
            await client.query(
              `REVOKE ${a} FROM ${b}; ALTER ROLE ${b} NOLOGIN; DROP ROLE ${b}; ALTER ROLE ${a} RENAME TO ${b};`,
            );
            assert.deepEqual([await role(name), await role(other)], [undefined, other]);
          } finally {
            await client.query("ROLLBACK");
          }
        }),
        { numRuns: 60, endOnFailure: true },
      );
    });

    it("gives back every text, whatever standard_conforming_strings says", async () => {
      await fc.assert(
        fc.asyncProperty(serverText(), fc.boolean(), async (text, standard) => {
          await client.query(
            `SET standard_conforming_strings = ${standard ? "on" : "off"}; SET escape_string_warning = off`,
          );
          assert.equal(await value(`SELECT ${literal(text)}::text`), text);
        }),
        { numRuns: 150 },
      );
      await client.query("RESET ALL");
    });

    it("is a comment to the end of its line and no further, whatever it says", async () => {
      await fc.assert(
        fc.asyncProperty(awkwardText(), async (text) => {
          assert.equal(await value(`${comment(text.replaceAll("\u0000", ""))}\nSELECT 7`), 7);
        }),
      );
    });

    it("quotes every word that the server does not take everywhere", async () => {
      const words = await client.query<{ word: string; catcode: string }>(
        "SELECT word, catcode FROM pg_get_keywords()",
      );
      const unquoted = words.rows.filter(({ word, catcode }) => catcode !== "U" && identifier(word) === word);
      assert.deepEqual(unquoted, []);
      assert.ok(words.rows.length > 400);
    });

    it("leaves no word unquoted that the server does not take in each statement", async () => {
      const { rows } = await client.query<{ word: string }>("SELECT word FROM pg_get_keywords()");
      const names = [...rows.map(({ word }) => word), "e", "n", "x", "u", "b", "_", "_1", "a1_b"];
      const refused: string[] = [];
      for (const name of names) {
        const word = identifier(name);
        await client.query("BEGIN; CREATE ROLE unit_quote_other");
        await client
          .query(
            `CREATE ROLE ${word} NOLOGIN; ALTER ROLE ${word} LOGIN; COMMENT ON ROLE ${word} IS 'x';
             GRANT ${word} TO unit_quote_other WITH ADMIN OPTION; REVOKE ADMIN OPTION FOR ${word} FROM unit_quote_other;
             REVOKE ${word} FROM unit_quote_other; GRANT unit_quote_other TO ${word};
             REVOKE unit_quote_other FROM ${word}; GRANT ${word} TO unit_quote_other;
             ALTER ROLE ${word} RENAME TO unit_quote_renamed; ALTER ROLE unit_quote_renamed RENAME TO ${word};
             DROP ROLE ${word};`,
          )
          .catch((error: unknown) => refused.push(`${name}: ${(error as Error).message}`));
        await client.query("ROLLBACK");
      }
      // These two the server keeps for itself, also in quotation marks; the resources refuse them before.
      assert.deepEqual(
        refused.filter((line) => !/^(none|public): role name ".*" is reserved$/.test(line)),
        [],
      );
    });
  });
}

describe("quote", () => {
  for (const [name, quoted] of [
    ["ana", "ana"],
    ["ana_2", "ana_2"],
    ["Ana B", '"Ana B"'],
    ["2ana", '"2ana"'],
    ["ana$", '"ana$"'],
    ['a"b', '"a""b"'],
    ["user", '"user"'],
    ["zoë", '"zoë"'],
    ["ana@example.com", '"ana@example.com"'],
  ] as const) {
    it(`writes the name ${name} as ${quoted}`, () => {
      assert.equal(identifier(name), quoted);
    });
  }

  for (const [text, quoted] of [
    ["", "''"],
    ["it's", "'it''s'"],
    ["C:\\x'", "E'C:\\\\x'''"],
  ] as const) {
    it(`writes the text ${text} as ${quoted}`, () => {
      assert.equal(literal(text), quoted);
    });
  }

  it("writes a psql variable that psql can read, whatever the name", () => {
    assert.equal(variable("ana", "password"), ":'ana_password'");
    fc.assert(fc.property(awkwardText(), (name) => assert.match(variable(name, "password"), /^:'[A-Za-z0-9_]+'$/)));
  });

  it("replaces in a comment what could end it", () => {
    assert.equal(comment("a\r\nDROP ROLE b;\u2028c"), "-- a DROP ROLE b; c");
  });
});
