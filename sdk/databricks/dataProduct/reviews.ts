import { readFileSync } from "node:fs";
import path from "node:path";
import type { DocumentProblem } from "../../core/documents.js";
import { committedFiles, readCommits, readObjects, shortHash, type Repository } from "./git.js";
import type { People } from "./people.js";
import type { Product } from "./product.js";
import { readReviewFiles, type Review } from "./reviewFiles.js";
import { verifySignatures, type Keys } from "./signatures.js";

/** Reviews that count. */
export interface Reviews {
  /** The reviews by some people that may be about a file, named from the root of the repository on. */
  of(people: readonly string[], file: string): readonly PersonsReview[];
  /** What is wrong with the files. */
  readonly problems: readonly DocumentProblem[];
}

/** A review, and whose it is. */
export interface PersonsReview extends Review {
  /** The person, by the product's file. */
  readonly person: string;
}

/** What exported reviews are read by. */
export interface ReadingReviews {
  /** The repository of the product. */
  readonly repository: Repository;
  /** The product's folder, in which Git runs. */
  readonly folder: string;
  /** The file or the folder of the reviews. */
  readonly reviews: string;
  /** The product. */
  readonly product: Product;
  /** Who is who, and whose keys count. */
  readonly keys: Keys;
}

/**
 * Reads exported reviews. One that whoever proposes a change could have written proves nothing: it comes from the job
 * that runs this, and is in no commit; or in one that is signed by somebody whom the policy names for that.
 */
export function readReviews({ repository, folder, reviews: name, product, keys }: ReadingReviews): Reviews {
  const inCommits = committedReviews(repository, path.relative(folder, name) || ".");
  const texts = readObjects(repository, inCommits.values());
  const rootName = (file: string): string => path.posix.join(repository.prefix, path.relative(folder, file));
  const committedText = (file: string): string | undefined => texts.get(inCommits.get(rootName(file)) ?? "");
  const { files, problems: broken } = readReviewFiles(
    name,
    (file) => committedText(file) ?? readFileSync(file, "utf8"),
  );
  const problems = [...broken];
  const reviews: PersonsReview[] = [];
  for (const { file, reviews: found } of files) {
    const message =
      committedText(file) === undefined
        ? undefined
        : refusedExport(repository, path.relative(folder, file), product, keys);
    if (message === undefined) reviews.push(...found.flatMap((review) => ofPerson(review, keys.people)));
    else problems.push({ file, line: 1, column: 1, message });
  }
  return {
    of: (people, file) =>
      reviews.filter(({ person, files: of }) => people.includes(person) && (of === undefined || of.has(file))),
    problems,
  };
}

/** What of the reviews is in commits; of a folder outside of the repository nothing is. */
function committedReviews(repository: Repository, name: string): Map<string, string> {
  try {
    return committedFiles(repository, name);
  } catch (error) {
    if ((error as Error).message.includes("outside repository")) return new Map();
    throw error;
  }
}

/** A review by somebody whom the product's file knows; nobody reviews what they opened themselves. */
function ofPerson(review: Review, people: People): PersonsReview[] {
  const { host, login, opener } = review;
  const person = host === "github" ? people.byGithub(login) : people.byGitlab(login);
  return person === undefined || opener === login ? [] : [{ ...review, person }];
}

function refusedExport(repository: Repository, file: string, { policy }: Product, keys: Keys): string | undefined {
  const hash = repository.run(["log", "-1", "--format=%H", "HEAD", "--", file]).toString().trim();
  const commits = readCommits(repository, [hash]);
  const signature = verifySignatures(repository, commits.values(), keys).get(hash);
  const exporters = (policy.review_exporters ?? []).map((each) => keys.people.person(each));
  if (signature !== undefined && "person" in signature && exporters.includes(signature.person)) return undefined;
  return (
    `is in the repository (commit ${shortHash(hash)}), where whoever proposes a change can write it: let the job export the ` +
    "reviews before it runs, outside of any commit, or name under policy: review_exporters whose signed commits bring them"
  );
}
