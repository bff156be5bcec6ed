import { existsSync } from "node:fs";
import path from "node:path";
import type { DocumentProblem } from "../../core/documents.js";
import { commitFinding } from "./commitEvidence.js";
import { isAtLeast, type Deed, type DeletedRequest, type EvidenceSource, type Finding } from "./evidence.js";
import { openRepository, readObjects, type Commit, type Repository } from "./git.js";
import { History, partText, takesMore } from "./history.js";
import { peopleOf, requestersOf } from "./people.js";
import { requestName, type PlacedRequest, type ProductFolder } from "./readProduct.js";
import { readReviews, type PersonsReview, type Reviews } from "./reviews.js";
import type { ApproverRole } from "./request.js";
import { verifySignatures, type Keys, type Signature } from "./signatures.js";

/** Where evidence comes from besides Git. */
export interface EvidenceOptions {
  /** A file or a folder with exported reviews (docs/data-products.md), relative to where the program runs. Default: none. */
  readonly reviews?: string | undefined;
  /** The time of the run, for what is deleted and not committed yet. */
  readonly now: Date;
}

/**
 * What Git, and exported reviews, prove about a product's requests. Where there is no whole history (no repository, a
 * shallow clone) that is a problem, and nothing is proved.
 */
export function gitEvidence(folder: ProductFolder, options: EvidenceOptions): EvidenceSource {
  const repository = open(folder.folder);
  const refused = typeof repository === "string" ? repository : repository.isShallow ? SHALLOW : undefined;
  if (typeof repository === "string" || refused !== undefined) return nothing(folder, refused ?? "");
  return new GitEvidence(folder, repository, options);
}

const SHALLOW =
  "is in a shallow clone, in which nobody can see who approved what: fetch the whole history with git fetch --unshallow " +
  "(GitHub Actions: fetch-depth: 0 for actions/checkout; GitLab CI: GIT_DEPTH: 0)";

function open(folder: string): Repository | string {
  try {
    return openRepository(folder);
  } catch (error) {
    return `${(error as Error).message}: approvals are proved by the history of the files`;
  }
}

function nothing(folder: ProductFolder, message: string): EvidenceSource {
  return {
    approval: () => ({ evidence: undefined, reason: "cannot be looked up" }),
    filed: () => undefined,
    decided: () => undefined,
    deleted: [],
    problems: [{ ...folder.placeOf(["name"]), message }],
  };
}

class GitEvidence implements EvidenceSource {
  readonly problems: readonly DocumentProblem[];
  readonly deleted: readonly DeletedRequest[];
  readonly user: string | undefined;
  private readonly people;
  private readonly history: History;
  private readonly signatures: ReadonlyMap<string, Signature>;
  private readonly reviews: Reviews | undefined;
  private readonly reviewed: ReadonlyMap<string, string>;

  constructor(
    private readonly folder: ProductFolder,
    private readonly repository: Repository,
    { reviews, now }: EvidenceOptions,
  ) {
    const { product, requests } = folder;
    this.user = repository.user;
    this.people = peopleOf(product);
    this.history = new History(
      repository,
      requests.map((each) => ({ file: this.nameOf(each), text: each.text, request: each.request })),
    );
    const { keys, problems } = keysOf(folder);
    this.signatures = verifySignatures(repository, this.introducing(), keys);
    const settings = { repository, folder: folder.folder, product, keys };
    this.reviews = reviews === undefined ? undefined : readReviews({ ...settings, reviews });
    this.reviewed = readObjects(
      repository,
      requests.flatMap((each) => this.reviewedNames(each)),
    );
    this.problems = [...problems, ...(this.reviews?.problems ?? [])];
    // A file that is there and cannot be read is none of those.
    const gone = this.history.deleted.filter(({ file }) => !existsSync(path.join(folder.folder, file)));
    this.deleted = gone.map(({ file, commit, request }) => ({
      id: request.request_id ?? requestName(file),
      file: path.join(folder.folder, file),
      request,
      reason: request.revocation?.reason ?? commit?.message ?? "deleted here and not committed yet",
      ...(commit === undefined
        ? { by: repository.user ?? "", at: now.toISOString(), commit: undefined }
        : deedOf(commit)),
    }));
  }

  approval(request: PlacedRequest, role: ApproverRole): Finding {
    const file = this.nameOf(request);
    const entry = request.request.approvals[role];
    const committed = this.history.committed(file);
    if (entry === undefined || committed === undefined) return { evidence: undefined, reason: "is in no commit" };
    const isAsCommitted =
      partText(committed, role) === partText(request.request, role) && !takesMore(committed, request.request);
    if (!isAsCommitted) {
      return {
        evidence: undefined,
        reason: "is not committed as it stands: the file was changed since the last commit",
      };
    }
    const judging = {
      history: this.history,
      people: this.people,
      signatures: this.signatures,
      asking: this.asking(request),
    };
    const found = commitFinding(file, role, entry, judging);
    const review = this.approvingReview(request, role);
    if (review === undefined) return { ...found, reason: found.reason + this.withoutReview(entry.by) };
    const { person, at, url } = review;
    const reviewed = { level: "review", person, at: isoOf(at), reference: `review ${url}` } as const;
    if (found.evidence !== undefined && isAtLeast(found.evidence.level, reviewed.level)) return found;
    return { evidence: reviewed, reason: found.reason };
  }

  filed(request: PlacedRequest): Deed | undefined {
    return deedOf(this.history.first(this.nameOf(request)));
  }

  decided(request: PlacedRequest, what: "revocation" | "rejection"): Deed | undefined {
    return deedOf(this.history.introduction(this.nameOf(request), what)?.commit);
  }

  private nameOf({ file }: PlacedRequest): string {
    return path.relative(this.folder.folder, file).split(path.sep).join("/");
  }

  /** The commits that brought approvals, whose signatures are verified in one go. */
  private introducing(): Commit[] {
    return this.folder.requests.flatMap((request) =>
      (["manager", "data_owner"] as const).flatMap(
        (role) => this.history.introduction(this.nameOf(request), role)?.commit ?? [],
      ),
    );
  }

  private asking(request: PlacedRequest): string[] {
    return requestersOf(request.request, this.people, this.filed(request)?.by);
  }

  private reviewsOf(request: PlacedRequest, role: ApproverRole): readonly PersonsReview[] {
    const by = request.request.approvals[role]?.by;
    const asking = this.asking(request);
    const people = by === undefined ? [] : this.people.behind(by).filter((person) => !asking.includes(person));
    return this.reviews?.of(people, this.repository.prefix + this.nameOf(request)) ?? [];
  }

  /** By which names Git knows what reviews approved for a request. */
  private reviewedNames(request: PlacedRequest): string[] {
    const reviews = new Set([...this.reviewsOf(request, "manager"), ...this.reviewsOf(request, "data_owner")]);
    return [...reviews].flatMap((review) => this.namesIn(review, request));
  }

  private namesIn({ blobs, commits }: PersonsReview, request: PlacedRequest): string[] {
    const file = this.repository.prefix + this.nameOf(request);
    const blob = blobs.get(file);
    return [...(blob === undefined ? [] : [blob]), ...commits.map((commit) => `${commit}:${file}`)];
  }

  /** The first review that approved what the file says now, and after which nothing was taken back. */
  private approvingReview(request: PlacedRequest, role: ApproverRole): PersonsReview | undefined {
    const wanted = partText(request.request, role);
    const unrevoked = this.history.unrevoked(this.nameOf(request));
    return this.reviewsOf(request, role).find((review) => {
      if (unrevoked !== undefined && Date.parse(unrevoked.at) >= Date.parse(review.at)) return false;
      return this.namesIn(review, request).some((name) => {
        const text = this.reviewed.get(name);
        const then = text === undefined ? undefined : this.history.requestIn(text);
        return then !== undefined && partText(then, role) === wanted;
      });
    });
  }

  private withoutReview(by: string): string {
    if (this.reviews === undefined) return "";
    return `, and no exported review by ${this.people.behind(by).join(" or ")} approves the request as it stands`;
  }
}

function keysOf({ folder, product, placeOf }: ProductFolder): {
  readonly keys: Keys;
  readonly problems: DocumentProblem[];
} {
  const { allowed_signers: file } = product.policy;
  const allowedSigners = file === undefined ? undefined : path.resolve(folder, file);
  const isThere = allowedSigners === undefined || existsSync(allowedSigners);
  const message = `${JSON.stringify(file)} does not exist; the path is relative to product.yaml`;
  return {
    keys: { allowedSigners, people: peopleOf(product) },
    problems: isThere ? [] : [{ ...placeOf(["policy", "allowed_signers"]), message }],
  };
}

function deedOf(commit: Commit): Deed;
function deedOf(commit: Commit | undefined): Deed | undefined;
function deedOf(commit: Commit | undefined): Deed | undefined {
  return commit === undefined ? undefined : { by: commit.author, at: commit.at, commit: commit.hash };
}

function isoOf(at: string): string {
  return new Date(at).toISOString().replace(".000Z", "Z");
}
