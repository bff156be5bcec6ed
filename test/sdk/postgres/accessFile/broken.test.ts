import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { refuseDocuments } from "../../../../sdk/core/refuseDocuments.js";
import { mergeFiles } from "../../../../sdk/postgres/accessFile/merge.js";
import { readUsersFiles } from "../../../../sdk/postgres/accessFile/read.js";

/*
 * What people write by mistake, and what they are told. Each message was read for whether it says what to do; a text
 * beside each file holds it.
 */
const FOLDER = path.resolve(__dirname, "../../../../../test/fixtures/users-files/broken");

function messageFor(file: string): string {
  const { files, problems } = readUsersFiles([path.join(FOLDER, file)]);
  const all = [...problems, ...mergeFiles(files).problems];
  assert.notEqual(all.length, 0, "nothing was found wrong");
  try {
    return refuseDocuments('postgres.AccessFile "users"', all);
  } catch (error) {
    return (error as Error).message.replaceAll(`${FOLDER}${path.sep}`, "");
  }
}

describe("a file with users that is not as it should be", () => {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith(".yaml"));

  it("is one of forty at least", () => {
    assert.ok(names.length >= 40, String(names.length));
  });

  for (const name of names) {
    it(`says what to do: ${name}`, () => {
      assert.equal(`${messageFor(name)}\n`, readFileSync(path.join(FOLDER, name.replace(".yaml", ".txt")), "utf8"));
    });
  }

  it("never repeats a password that somebody wrote into it", () => {
    for (const name of names) assert.doesNotMatch(messageFor(name), /changeme|secret1/);
  });
});
