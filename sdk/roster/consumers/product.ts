import { statSync } from "node:fs";
import path from "node:path";
import { problemLines, type DocumentProblem } from "../../core/place.js";
import { evaluate, type Evaluation } from "../../databricks/dataProduct/evaluate.js";
import type { EvidenceSource } from "../../databricks/dataProduct/evidence.js";
import { gitEvidence } from "../../databricks/dataProduct/gitEvidence.js";
import { readProduct, type ProductFolder } from "../../databricks/dataProduct/readProduct.js";

/** A product as its files and their history tell it. */
export interface LoadedProduct {
  /** What the files say. */
  readonly folder: ProductFolder;
  /** What each request is. */
  readonly evaluation: Evaluation;
  /** What is known of their history. */
  readonly evidence: EvidenceSource;
  /** Who works here, by Git's settings. */
  readonly user: string | undefined;
  /** The time of the run. */
  readonly now: Date;
}

/** Where products are looked for below the folder that is given. */
const PLACES = ["products", "."];

/** The folder of a product. Throws where there is none. */
export function findProduct(below: string, name: string): string {
  const folders = PLACES.map((place) => path.join(below, place, name));
  const found = folders.find((folder) =>
    ["product.yaml", "product.yml", "product.json"].some((file) =>
      statSync(path.join(folder, file), { throwIfNoEntry: false })?.isFile(),
    ),
  );
  if (found !== undefined) return found;
  throw new Error(
    `there is no product ${JSON.stringify(name)} here: looked for product.yaml in ${folders.join(" and ")}\n` +
      "  what to do: give the folder that holds products/ with --dir, or mend the name",
  );
}

/** Reads a product with its requests, and tells what each of them is. Throws where product.yaml cannot be read. */
export function loadProduct(
  folderName: string,
  { reviews, now }: { reviews: string | undefined; now: Date },
): LoadedProduct {
  const folder = readProduct(folderName);
  if (!("product" in folder)) throw new Error(mistakes(folder.problems));
  const evidence = gitEvidence(folder, { reviews, now });
  return { folder, evaluation: evaluate({ folder, evidence, now }), evidence, user: evidence.user, now };
}

/** Problems as a message. */
export function mistakes(problems: readonly DocumentProblem[]): string {
  const count = problems.length === 1 ? "there is a mistake" : `there are ${String(problems.length)} mistakes`;
  return `${count}:\n${problemLines(problems)
    .map((line) => `  ${line}`)
    .join("\n")}`;
}
