import assert from "node:assert/strict";
import fc from "fast-check";
import { Client } from "pg";
import { isVerifier, scramVerifier } from "../../../provider/postgres/scram.js";
import { literal } from "../../../provider/postgres/quote.js";
import { POSTGRES_VERSIONS, type PostgresServer } from "../../postgres/server.js";
import { freshName, sharedPostgres } from "../../postgres/shared.js";
import { serverText } from "../core/texts.js";

/** Passwords that SASLprep changes, or forbids: then server and clients take them as they are. */
const SPECIAL: readonly (readonly [string, string])[] = [
  ["ASCII", "correct horse 'battery' \"staple\" \\"],
  ["composed and decomposed letters", "Gru\u0308ße Gr\u00fc\u00dfe"],
  ["a ligature and other compatibility forms", "\ufb01x \u2168 \u00aa \uff21"],
  ["a space that is none of ASCII", "a\u00a0b\u3000c"],
  ["characters that SASLprep drops", "a\u00adb\u200dc"],
  ["nothing but characters that SASLprep drops", "\u00ad"],
  ["a control character, which SASLprep forbids", "a\u0007\u0308\ufb01b"],
  ["letters of both directions, which SASLprep forbids", "\u0627a\u0627\ufb01"],
  ["a character that Unicode 3.2 did not have", "\u{1f986}\ufb01"],
  ["a private character, which SASLprep forbids", "\ue000\ufb01"],
];

/**
 * Characters that became part of Unicode after 3.2, which SASLprep is bound to, and that NFKC makes older ones of. The
 * server takes a password with one of them as it is, and the library that Roster uses normalises it.
 */
function isNewCompatibility(character: string): boolean {
  return character.normalize("NFKC") !== character && !SPECIAL.some(([, password]) => password.includes(character));
}

for (const version of POSTGRES_VERSIONS) {
  describe(`scram: PostgreSQL ${String(version)}`, () => {
    let server: PostgresServer;
    let client: Client;
    before(async () => {
      server = await sharedPostgres(version);
      const { host, port, user, password } = server;
      client = new Client({ host, port, user, password, database: "postgres", ssl: false });
      await client.connect();
    });
    after(() => client.end());

    /** Makes a role whose password the server itself hashes, and gives the verifier that it stored. */
    async function serverVerifier(password: string): Promise<string> {
      await client.query("BEGIN");
      try {
        await client.query(`CREATE ROLE unit_scram PASSWORD ${literal(password)}`);
        const { rows } = await client.query<{ rolpassword: string }>(
          "SELECT rolpassword FROM pg_authid WHERE rolname = 'unit_scram'",
        );
        return rows[0]?.rolpassword ?? "";
      } finally {
        await client.query("ROLLBACK");
      }
    }

    /** The verifier that Roster makes with the salt of another one. */
    function sameSalt(password: string, verifier: string): Promise<string> {
      const salt = /^SCRAM-SHA-256\$4096:([^$]+)\$/.exec(verifier)?.[1] ?? "";
      return scramVerifier(password, Buffer.from(salt, "base64"));
    }

    for (const [what, password] of SPECIAL) {
      it(`makes the verifier that the server makes: ${what}`, async () => {
        const verifier = await serverVerifier(password);
        assert.equal(await sameSalt(password, verifier), verifier);
      });
    }

    it("makes the verifier that the server makes, for any password", async () => {
      await fc.assert(
        fc.asyncProperty(serverText({ minLength: 1 }), async (password) => {
          fc.pre(!Array.from(password).some(isNewCompatibility));
          const verifier = await serverVerifier(password);
          assert.equal(await sameSalt(password, verifier), verifier);
        }),
        { numRuns: 150 },
      );
    });

    for (const [what, password] of [...SPECIAL.slice(0, 5), ["emoji", "\u{1f986}"] as const]) {
      it(`lets in who has the password: ${what}`, async () => {
        const user = freshName("scram");
        await client.query(`CREATE ROLE ${user} LOGIN PASSWORD ${literal(await scramVerifier(password))}`);
        await server.query("SELECT 1", { user, password });
        await assert.rejects(server.query("SELECT 1", { user, password: `${password}x` }), { code: "28P01" });
        await client.query(`DROP ROLE ${user}`);
      });
    }

    it("knows what the server takes for a verifier", async () => {
      assert.ok(isVerifier(await serverVerifier("some password")));
      assert.ok(isVerifier(await scramVerifier("some password")));
      const verifier = await scramVerifier("some password");
      for (const text of [verifier, `md5${"0a".repeat(16)}`]) assert.equal(await serverVerifier(text), text);
      for (const text of [
        "SCRAM-SHA-256$4096",
        verifier.slice(0, -1),
        `${verifier}=`,
        ` ${verifier}`,
        `${verifier}\n`,
        verifier.toLowerCase(),
        verifier.replace("4096", ""),
        "md5short",
        `MD5${"0a".repeat(16)}`,
        `md5${"0A".repeat(16)}`,
      ]) {
        // Passed on as a verifier that the server does not know for one, it would be the password itself, in clear.
        const taken = (await serverVerifier(text)) === text;
        assert.ok(!isVerifier(text) || taken, text);
      }
    });
  });
}

describe("scram", () => {
  it("takes a new salt each time", async () => {
    assert.notEqual(await scramVerifier("the same"), await scramVerifier("the same"));
  });

  it("is frozen: what a verifier looks like", async () => {
    assert.equal(
      await scramVerifier("pencil", Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64")),
      "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
    );
  });
});
