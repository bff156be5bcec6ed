import { shortHash, type Commit, type Repository } from "./git.js";
import type { People } from "./people.js";

/** Whose signature a commit has, as Git verifies it, or why it is nobody's. */
export type Signature = { readonly person: string } | { readonly reason: string };

/** Whose keys count. */
export interface Keys {
  /** The file of allowed signers, absolute. Default: Git's own setting gpg.ssh.allowedSignersFile. */
  readonly allowedSigners: string | undefined;
  /** Who is who, for OpenPGP keys. */
  readonly people: People;
}

/** Has Git verify signatures of commits, all at once. By hash; only for those that have one. */
export function verifySignatures(
  repository: Repository,
  commits: Iterable<Commit>,
  keys: Keys,
): Map<string, Signature> {
  const hashes = [...new Set([...commits].filter(({ signed }) => signed).map(({ hash }) => hash))];
  if (hashes.length === 0) return new Map();
  const signers = keys.allowedSigners === undefined ? [] : ["-c", `gpg.ssh.allowedSignersFile=${keys.allowedSigners}`];
  const format = ["%H", "%G?", "%GS", "%GP", "%GF"].join("%x00");
  const text = repository
    .run([...signers, "log", "--no-walk=unsorted", "--stdin", "-z", `--format=${format}`], `${hashes.join("\n")}\n`)
    .toString();
  const tokens = text.split("\0");
  const found = new Map<string, Signature>();
  for (let at = 0; at + 4 < tokens.length; at += 5) {
    const [hash = "", status = "", signer = "", primary = "", fingerprint = ""] = tokens.slice(at, at + 5);
    found.set(hash, signatureOf({ hash, status, signer, primary, fingerprint }, keys.people));
  }
  return found;
}

interface Verified {
  readonly hash: string;
  readonly status: string;
  readonly signer: string;
  readonly primary: string;
  readonly fingerprint: string;
}

/** What Git's one letter means. A key that ended since is none of the reasons: the commit was signed while it counted. */
const REFUSED: Readonly<Record<string, string>> = {
  B: "has a bad signature: the commit is not what was signed",
  E: "has a signature that cannot be checked here, as its key is not known",
  N: "is not signed",
  R: "is signed with a key that was revoked",
  X: "has a signature that had ended",
};

function signatureOf({ hash, status, signer, primary, fingerprint }: Verified, people: People): Signature {
  const refused = REFUSED[status];
  if (refused !== undefined) return { reason: `${refused} (commit ${shortHash(hash)})` };
  // SSH: Git found the principal in the file of allowed signers. OpenPGP: anybody can write any name into a key, so the
  // fingerprint counts, which product.yaml gives to a person; no trust of this machine's key ring is needed.
  if (fingerprint.startsWith("SHA256:")) {
    if (status === "G" && signer !== "") return { person: people.person(signer) };
    return {
      reason: `is signed with ${fingerprint}, which is no key of the allowed signers (commit ${shortHash(hash)})`,
    };
  }
  const person = people.byFingerprint(primary) ?? people.byFingerprint(fingerprint);
  if (person !== undefined) return { person };
  return {
    reason: `is signed with the OpenPGP key ${fingerprint}, which product.yaml gives to nobody under people (commit ${shortHash(hash)})`,
  };
}
