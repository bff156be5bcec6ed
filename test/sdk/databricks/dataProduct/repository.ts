import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { evaluate, type Evaluation } from "../../../../sdk/databricks/dataProduct/evaluate.js";
import { gitEvidence } from "../../../../sdk/databricks/dataProduct/gitEvidence.js";
import { readProduct } from "../../../../sdk/databricks/dataProduct/readProduct.js";
import { FORM, PRODUCT } from "./folder.js";

/** Who commits in tests. */
export const PEOPLE = {
  john: "john.doe@company.com",
  jane: "jane.manager@company.com",
  dana: "dana.owner@company.com",
};

/** How a commit is made. */
export interface Committing {
  /** The address of the author. */
  readonly as: string;
  /** The address of the committer. Default: the author. */
  readonly by?: string;
  /** The day. */
  readonly on?: string;
  /** Signed with the SSH key of this address. */
  readonly signedBy?: string;
  /** Signed with the OpenPGP key of this fingerprint, from the key ring that GNUPGHOME names. */
  readonly openPgp?: string;
}

/** How the requests of a repository are evaluated. */
export interface Evaluated {
  /** The day. */
  readonly now?: string;
  /** Exported reviews. */
  readonly reviews?: string;
  /** The product's folder. */
  readonly in?: string;
}

/** A real Git repository with a product in products/customer-360, which goes with the test. */
export class TestRepository {
  readonly root = mkdtempSync(path.join(tmpdir(), "roster-git-"));
  readonly folder = path.join(this.root, "products/customer-360");

  constructor(product = PRODUCT) {
    this.git(["init", "-q", "-b", "main"]);
    this.write("product.yaml", product).commit("The product", { as: PEOPLE.dana });
  }

  git(args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
    const config = [
      "-c",
      "user.name=Nobody",
      "-c",
      "user.email=nobody@company.com",
      "-c",
      "protocol.file.allow=always",
    ];
    return execFileSync("git", [...config, ...args], {
      cwd: this.root,
      encoding: "utf8",
      env: { PATH: process.env["PATH"], HOME: this.root, GIT_CONFIG_NOSYSTEM: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  }

  /** Writes a file of the product. */
  write(name: string, text: string): this {
    const file = path.join(this.folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return this;
  }

  read(name: string): string {
    return readFileSync(path.join(this.folder, name), "utf8");
  }

  commit(message: string, { as, by = as, on = "2027-01-10", signedBy, openPgp }: Committing): void {
    const date = `${on}T00:00:00Z`;
    const env = {
      GIT_AUTHOR_NAME: as,
      GIT_AUTHOR_EMAIL: as,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: by,
      GIT_COMMITTER_EMAIL: by,
      GIT_COMMITTER_DATE: date,
      ...(openPgp === undefined ? {} : { GNUPGHOME: process.env["GNUPGHOME"] }),
    };
    const ssh = signedBy === undefined ? [] : ["-c", "gpg.format=ssh", "-c", `user.signingKey=${this.key(signedBy)}`];
    const pgp = openPgp === undefined ? [] : ["-c", `user.signingKey=${openPgp}`];
    const signing = [...ssh, ...pgp];
    this.git(["add", "-A", "."]);
    this.git(
      [...signing, "commit", "-q", "--allow-empty", "-m", message, ...(signing.length === 0 ? [] : ["-S"])],
      env,
    );
  }

  /** The hash of the last commit, or of something else that Git knows by a name. */
  hash(name = "HEAD"): string {
    return this.git(["rev-parse", name]);
  }

  /** The private key of somebody, made when it is first wanted. */
  key(address: string): string {
    const file = path.join(this.root, ".git", `key-${address}`);
    if (!existsSync(file)) execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", address, "-f", file]);
    return file;
  }

  /** A line of the file of allowed signers. */
  allowed(address: string): string {
    return `${address} namespaces="git" ${readFileSync(`${this.key(address)}.pub`, "utf8")}`;
  }

  /** The document's form, asked for by John, approved by Jane and Dana in commits of their own. */
  approved(name = "john", how: (person: string) => Committing = (as) => ({ as })): this {
    const [manager, owner] = ["  manager: jane.manager@company.com\n", "  data_owner: data-team@company.com\n"];
    const asked = FORM.replace(manager, "").replace(owner, "").replace("approvals:\n", "");
    this.write(`requests/${name}.yaml`, asked).commit("Ask", { as: PEOPLE.john, on: "2027-01-08" });
    this.write(`requests/${name}.yaml`, FORM.replace(owner, "")).commit("Approve", {
      on: "2027-01-09",
      ...how(PEOPLE.jane),
    });
    this.write(`requests/${name}.yaml`, FORM).commit("Approve too", how(PEOPLE.dana));
    return this;
  }

  /** The product's requests as they stand, files in messages from the root on. */
  evaluate({ now = "2027-02-01", reviews, in: at = "products/customer-360" }: Evaluated = {}): Evaluation {
    const before = process.cwd();
    process.chdir(this.root);
    try {
      const folder = readProduct(at);
      if (!("product" in folder)) return { consumers: [], problems: folder.problems, notices: [] };
      const time = new Date(now);
      return evaluate({ folder, evidence: gitEvidence(folder, { reviews, now: time }), now: time });
    } finally {
      process.chdir(before);
    }
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}
