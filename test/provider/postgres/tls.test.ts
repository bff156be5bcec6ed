import assert from "node:assert/strict";
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ConnectionOptions } from "node:tls";
import { registerSecret } from "../../../provider/core/redact.js";
import { encryption, modeOf } from "../../../provider/postgres/tls.js";
import { connectionWith } from "../../postgres/shared.js";

const PEM = "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n";

describe("tls", () => {
  let home: string;
  const before_ = process.env["HOME"];
  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), "roster-unit-"));
    process.env["HOME"] = home;
  });
  afterEach(async () => {
    process.env["HOME"] = before_;
    await rm(home, { recursive: true });
  });

  for (const [host, sslmode, mode] of [
    ["db.example.com", undefined, "verify-full"],
    ["10.0.0.1", undefined, "verify-full"],
    ["localhost.example.com", undefined, "verify-full"],
    ["127.example.com", undefined, "verify-full"],
    ["localhost", undefined, "prefer"],
    ["127.0.0.1", undefined, "prefer"],
    ["127.8.8.8", undefined, "prefer"],
    ["::1", undefined, "prefer"],
    ["db.example.com", "require", "require"],
    ["localhost", "verify-full", "verify-full"],
    ["db.example.com", "disable", "disable"],
    ["/var/run/postgresql", undefined, "disable"],
    ["/var/run/postgresql", "verify-full", "disable"],
  ] as const) {
    it(`uses ${mode} for ${host} where sslmode is ${sslmode ?? "not set"}`, () => {
      assert.equal(modeOf(connectionWith({ host, sslmode })), mode);
    });
  }

  it("refuses a mode that does not exist, with those that do and where it comes from", () => {
    for (const sslmode of ["verify", "allow", "Require", ""])
      assert.throws(() => modeOf(connectionWith({ host: "db.example.com", sslmode })), {
        message:
          /^the sslmode of connection postgres is ".*" \(from the program\)\n[^]*disable, prefer, require, verify-ca, verify-full/,
      });
  });

  const options = (values: Parameters<typeof connectionWith>[0]): ConnectionOptions => {
    const [{ ssl } = { ssl: false as const }] = encryption(connectionWith({ host: "db.example.com", ...values }));
    assert.notEqual(ssl, false);
    return ssl || {};
  };

  it("verifies the issuer and the name, the issuer only, or nothing, as the mode says", () => {
    const certificate = { subject: { CN: "x" }, subjectaltname: "DNS:other.example" } as never;
    for (const [sslmode, issuer, name] of [
      ["verify-full", true, true],
      ["verify-ca", true, false],
      ["require", false, false],
      ["prefer", false, false],
    ] as const) {
      const { rejectUnauthorized, checkServerIdentity } = options({ sslmode });
      assert.equal(rejectUnauthorized, issuer, sslmode);
      assert.equal(checkServerIdentity?.("other.example", certificate) !== undefined, name, sslmode);
    }
    assert.equal(options({ sslmode: "require", sslrootcert: PEM }).rejectUnauthorized, true);
  });

  it("connects without TLS only where the mode allows it", () => {
    const plain = (sslmode: string): boolean =>
      encryption(connectionWith({ host: "db.example.com", sslmode })).some(({ ssl }) => ssl === false);
    assert.deepEqual(["disable", "prefer", "require", "verify-ca", "verify-full"].map(plain), [
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it("takes certificates as text, from files, from the system, and from libpq's own place", async () => {
    const file = path.join(home, "some.pem");
    await writeFile(file, PEM);
    assert.equal(options({ sslrootcert: PEM }).ca, PEM);
    assert.equal(options({ sslrootcert: file }).ca, PEM);
    assert.equal(options({ sslrootcert: "system" }).ca, undefined);
    assert.equal(options({}).ca, undefined);
    await mkdir(path.join(home, ".postgresql"));
    await writeFile(path.join(home, ".postgresql", "root.crt"), `${PEM}usual`);
    assert.equal(options({}).ca, `${PEM}usual`);
    assert.equal(options({ sslrootcert: "system" }).ca, undefined);
    const { cert, key } = options({ sslcert: file, sslkey: registerSecret(PEM) });
    assert.deepEqual([cert, key], [PEM, PEM]);
  });
});
