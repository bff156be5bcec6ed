import * as assert from "node:assert/strict";
import { createDecipheriv, pbkdf2Sync } from "node:crypto";
import * as fc from "fast-check";
import { Crypter } from "./secrets";

describe("the engine's secrets", () => {
  it("are what Pulumi's passphrase provider writes", async () => {
    const crypter = await Crypter.create("correct horse");
    const [version, salt, ...proof] = crypter.state.split(":");
    assert.equal(version, "v1");
    assert.equal(Buffer.from(salt ?? "", "base64").length, 8);
    const key = pbkdf2Sync("correct horse", Buffer.from(salt ?? "", "base64"), 1_000_000, 32, "sha256");
    const decrypt = (ciphertext: string): string => {
      const [form, nonce, body] = ciphertext.split(":");
      assert.equal(form, "v1");
      const bytes = Buffer.from(body ?? "", "base64");
      const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce ?? "", "base64"));
      decipher.setAuthTag(bytes.subarray(-16));
      return decipher.update(bytes.subarray(0, -16), undefined, "utf8") + decipher.final("utf8");
    };
    assert.equal(decrypt(proof.join(":")), "pulumi");
    assert.equal(decrypt(crypter.encrypt("s3cret")), "s3cret");
  });

  it("come back from any text", async () => {
    const crypter = await Crypter.create("x");
    const other = await Crypter.open("x", crypter.state);
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        assert.equal(other.decrypt(crypter.encrypt(text)), text);
      }),
    );
  });

  it("have one ciphertext for one text, and another one in another stack", async () => {
    const crypter = await Crypter.create("x");
    const reopened = await Crypter.open("x", crypter.state);
    const ciphertext = crypter.encrypt("same");
    assert.equal(crypter.encrypt("same"), ciphertext);
    assert.equal(reopened.decrypt(ciphertext), "same");
    assert.equal(reopened.encrypt("same"), ciphertext, "also after it was read");
    assert.notEqual((await Crypter.create("x")).encrypt("same"), ciphertext);
  });

  it("refuse a wrong passphrase and a changed ciphertext", async () => {
    const crypter = await Crypter.create("x");
    await assert.rejects(Crypter.open("y", crypter.state), /incorrect passphrase/);
    const bytes = Buffer.from(crypter.encrypt("text").split(":")[2] ?? "", "base64");
    bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
    const nonce = crypter.encrypt("text").split(":")[1] ?? "";
    assert.throws(() => crypter.decrypt(`v1:${nonce}:${bytes.toString("base64")}`));
  });
});
