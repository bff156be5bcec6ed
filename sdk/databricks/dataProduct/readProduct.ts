import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { readDocument, readText, type DocumentProblem, type Path, type Place } from "../../core/documents.js";
import { parsePermission, readAllowed, type Permission } from "./permissions.js";
import { productFile, type Product } from "./product.js";
import { requestFile, type AccessRequest } from "./request.js";

/** A request as it was read of its file. */
export interface PlacedRequest {
  /** Its name: request_id, or the file's name without its ending. */
  readonly id: string;
  /** The file, as it is named in messages. */
  readonly file: string;
  /** What the file holds. */
  readonly text: string;
  /** What the file says. */
  readonly request: AccessRequest;
  /** Where a value stands in the file. */
  readonly placeOf: (path: Path) => Place;
}

/** A product's folder as it was read: product.yaml and requests/. */
export interface ProductFolder {
  /** The folder, as it was named. */
  readonly folder: string;
  /** The product's file, for messages. */
  readonly file: string;
  /** What it says. */
  readonly product: Product;
  /** Where a value stands in it. */
  readonly placeOf: (path: Path) => Place;
  /** The requests whose files could be read, in the order of the files' names. */
  readonly requests: readonly PlacedRequest[];
  /** All that is wrong in single files. */
  readonly problems: readonly DocumentProblem[];
}

/** The folder of a product's requests, within the product's. */
export const REQUESTS = "requests";

const NO_PRODUCT =
  "there is no such file: the folder of a product, seen from the program's, holds product.yaml (or .yml, .json) and requests/";

/**
 * Reads a product's folder: `product.yaml` (or .yml, .json), and one request in each file of `requests`.
 *
 * @param folder The folder, relative to the program's; messages name files as this does.
 * @returns what was read with what is wrong in it; where product.yaml cannot be read, the problems alone.
 */
export function readProduct(folder: string): ProductFolder | { readonly problems: readonly DocumentProblem[] } {
  const file = productFileOf(folder);
  if (!existsSync(file)) return { problems: [{ file, line: 1, column: 1, message: NO_PRODUCT }] };
  const read = readDocument(file, productFile);
  const { data: product, placeOf } = read;
  if (product === undefined) return { problems: read.problems };
  const { requests, problems } = readRequests(path.join(folder, REQUESTS));
  return { folder, file, product, placeOf, requests, problems: [...mistakesOf(product, placeOf), ...problems] };
}

function productFileOf(folder: string): string {
  const names = ["product.yaml", "product.yml", "product.json"].map((name) => path.join(folder, name));
  return names.find((name) => statSync(name, { throwIfNoEntry: false })?.isFile()) ?? path.join(folder, "product.yaml");
}

function mistakesOf(product: Product, placeOf: (path: Path) => Place): DocumentProblem[] {
  return [...readAllowed(product).mistakes].map(([index, message]) => ({
    ...placeOf(["allowed_permissions", index]),
    message,
  }));
}

function readRequests(folder: string): Pick<ProductFolder, "requests" | "problems"> {
  const requests: PlacedRequest[] = [];
  const problems: DocumentProblem[] = [];
  const taken = new Map<string, Place>();
  for (const file of requestFiles(folder, problems)) {
    const text = readText(file);
    const { data: request, problems: wrong, placeOf } = readDocument(file, requestFile, text);
    problems.push(...wrong);
    if (request === undefined) continue;
    const id = request.request_id ?? requestName(file);
    const place = placeOf(["request_id"]);
    const other = taken.get(id);
    if (other !== undefined) {
      problems.push({ ...place, message: `${id} is the id of the request in ${other.file} already: choose another` });
    }
    taken.set(id, place);
    requests.push({ id, file, text, request, placeOf });
  }
  return { requests, problems };
}

/** The name of a request without an id of its own. */
export function requestName(file: string): string {
  return path.basename(file).replace(/\.(ya?ml|json)$/, "");
}

function requestFiles(folder: string, problems: DocumentProblem[]): string[] {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found === undefined) return [];
  const message = "must be a folder of files, one request in each";
  if (!found.isDirectory()) problems.push({ file: folder, line: 1, column: 1, message });
  if (!found.isDirectory()) return [];
  const names = readdirSync(folder).filter((name) => /\.(ya?ml|json)$/.test(name) && !name.startsWith("."));
  const byId = (a: string, b: string): number => (requestName(a) < requestName(b) ? -1 : 1);
  return names.sort(byId).map((name) => path.join(folder, name));
}

/** Permissions as they were read, and what is wrong with the others, by index. */
export interface ReadPermissions {
  /** Those that could be read, each once. */
  readonly permissions: readonly Permission[];
  /** What is wrong, by index in the list. */
  readonly mistakes: ReadonlyMap<number, string>;
}

/** Reads a list of permissions of a request. */
export function readPermissions(texts: readonly string[], product: Product): ReadPermissions {
  const permissions = new Map<string, Permission>();
  const mistakes = new Map<number, string>();
  texts.forEach((text, index) => {
    const parsed = parsePermission(text, product);
    if ("reason" in parsed) mistakes.set(index, parsed.reason);
    else permissions.set(`${parsed.privilege} ${parsed.securable.toLowerCase()}`, parsed);
  });
  return { permissions: [...permissions.values()], mistakes };
}
