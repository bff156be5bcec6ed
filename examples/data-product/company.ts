import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export const JOHN = "john.doe@company.com";
export const JANE = "jane.manager@company.com";
export const OMAR = "omar.manager@company.com";
export const DANA = "dana.owner@company.com";
export const PRIYA = "priya.engineer@company.com";

/** The repository, from the built file. */
const REPOSITORY = join(__dirname, "../../..");
const EXAMPLE = join(REPOSITORY, "examples/data-product");

/** The company's Git repository: the program and the product of this example, and people who commit with keys of their own. */
export class Company {
  readonly root = mkdtempSync(join(tmpdir(), "roster-company-"));
  private readonly keys = mkdtempSync(join(tmpdir(), "roster-keys-"));

  constructor() {
    const product = "products/customer-360/product.yaml";
    for (const file of ["Pulumi.yaml", "index.ts", product])
      this.write(file, readFileSync(join(EXAMPLE, file), "utf8"));
    cpSync(join(EXAMPLE, "github"), join(this.root, ".github"), { recursive: true });
    const compilerOptions = { rootDir: ".", noEmit: true, noCheck: true };
    this.write(
      "tsconfig.json",
      JSON.stringify({ extends: join(REPOSITORY, "tsconfig.json"), compilerOptions, include: ["index.ts"] }),
    );
    this.write("package.json", JSON.stringify({ name: "company-data-products", private: true }));
    this.write(".gitignore", "node_modules/\nreviews/\n");
    mkdirSync(join(this.root, "node_modules/@pulumi"), { recursive: true });
    symlinkSync(REPOSITORY, join(this.root, "node_modules/pulumi-roster"), "dir");
    symlinkSync(join(REPOSITORY, "node_modules/@pulumi/pulumi"), join(this.root, "node_modules/@pulumi/pulumi"), "dir");
    this.git(["init", "-q", "-b", "main"]);
    const signers = [JANE, OMAR, DANA].map(
      (address) => `${address} namespaces="git" ${readFileSync(`${this.key(address)}.pub`, "utf8")}`,
    );
    this.commit(DANA, "2027-01-04", "The product", { "products/customer-360/allowed_signers": signers.join("") });
  }

  /** Somebody writes files, and signs the commit. */
  commit(who: string, day: string, message: string, files: Readonly<Record<string, string>>): void {
    for (const [file, text] of Object.entries(files)) this.write(file, text);
    const date = `${day}T09:00:00Z`;
    this.git(["add", "-A"]);
    this.git(["-c", "gpg.format=ssh", "-c", `user.signingKey=${this.key(who)}`, "commit", "-q", "-S", "-m", message], {
      GIT_AUTHOR_NAME: who,
      GIT_AUTHOR_EMAIL: who,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: who,
      GIT_COMMITTER_EMAIL: who,
      GIT_COMMITTER_DATE: date,
    });
  }

  /** Takes the last commits out of the branch, as one that is not merged. */
  dropLast(count: number): void {
    this.git(["reset", "-q", "--hard", `HEAD~${String(count)}`]);
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
    rmSync(this.keys, { recursive: true });
  }

  private write(file: string, text: string): void {
    mkdirSync(dirname(join(this.root, file)), { recursive: true });
    writeFileSync(join(this.root, file), text);
  }

  private key(address: string): string {
    const file = join(this.keys, address);
    if (!existsSync(file)) execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", address, "-f", file]);
    return file;
  }

  private git(args: readonly string[], env: NodeJS.ProcessEnv = {}): void {
    const own = { PATH: process.env["PATH"], HOME: this.keys, GIT_CONFIG_NOSYSTEM: "1" };
    execFileSync("git", args, { cwd: this.root, env: { ...own, ...env }, stdio: ["ignore", "ignore", "pipe"] });
  }
}
