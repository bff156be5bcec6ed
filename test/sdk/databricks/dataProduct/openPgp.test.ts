import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { problemLines } from "../../../../sdk/core/place.js";
import { describeUnless } from "../../../skip.js";
import { PRODUCT } from "./folder.js";
import { PEOPLE, TestRepository } from "./repository.js";

const MISSING = spawnSync("gpg", ["--version"]).status === 0 ? undefined : "there is no gpg";

describeUnless(MISSING, "commits that are signed with OpenPGP", () => {
  const before = process.env["GNUPGHOME"];
  let home: string;
  let repository: TestRepository;

  beforeEach(() => {
    // The agent's socket has its path in it, which must be short.
    home = mkdtempSync(path.join(tmpdir(), "gpg-"));
    process.env["GNUPGHOME"] = home;
    repository = new TestRepository();
  });
  afterEach(() => {
    spawnSync("gpgconf", ["--kill", "all"]);
    if (before === undefined) delete process.env["GNUPGHOME"];
    else process.env["GNUPGHOME"] = before;
    repository.remove();
    rmSync(home, { recursive: true, force: true });
  });

  /** Makes a key, in whatever name, and gives its fingerprint. */
  const key = (name: string): string => {
    const how = ["--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""];
    execFileSync("gpg", [...how, "--quick-generate-key", name, "ed25519", "sign", "never"], { stdio: "pipe" });
    const listed = execFileSync("gpg", ["--list-keys", "--with-colons", name], { encoding: "utf8", stdio: "pipe" });
    return /^fpr:+([0-9A-F]{40}):/m.exec(listed)?.[1] ?? "";
  };

  it("are the person's to whom product.yaml gives the key, whatever name somebody wrote into one", () => {
    const own = key("Dana <dana.owner@company.com>");
    const another = key("Mallory writes Jane <jane.manager@company.com>");
    const people = `people: { dana.owner@company.com: { gpg: ["${own.replace(/(.{4})/g, "$1 ").trim()}"] } }\n`;
    repository.write("product.yaml", `${PRODUCT}${people}policy: { evidence: signed_commit }\n`);
    repository.approved("john", (as) => ({ as, openPgp: as === PEOPLE.dana ? own : another }));
    const { problems, consumers } = repository.evaluate();
    assert.deepEqual(
      consumers[0]?.approvals.map(({ level }) => level),
      ["commit", "signed_commit"],
    );
    const lines = problemLines(problems);
    assert.equal(lines.length, 1);
    assert.match(
      lines[0] ?? "",
      /john.yaml:21:3: .* it is signed with the OpenPGP key [0-9A-F]{40}, which product.yaml gives to nobody under people/,
    );
  });
});
