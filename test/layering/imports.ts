import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

/** A TypeScript source: its path from the repository's root with slashes, and its text. */
export interface Source {
  readonly file: string;
  readonly text: string;
}

/** One file's use of another, or of a package. */
export interface Import {
  readonly from: string;
  /** The path of a source for a relative import, the specifier as it stands for a package. */
  readonly to: string;
  readonly relative: boolean;
  /** Only for types: nothing of it is left in the compiled program. */
  readonly typeOnly: boolean;
}

/** Reads every TypeScript source below some folders of the repository. */
export function readSources(repository: string, folders: readonly string[]): Source[] {
  return folders.flatMap((folder) =>
    readdirSync(path.join(repository, folder), { recursive: true, encoding: "utf8" })
      .map((name) => path.posix.join(folder, name.split(path.sep).join("/")))
      .filter((file) => file.endsWith(".ts") && !file.includes("node_modules/"))
      .map((file) => ({ file, text: readFileSync(path.join(repository, file), "utf8") })),
  );
}

/** Every import of a source, in whatever form: static, re-exporting, dynamic, `require`, or in a type. */
export function importsOf({ file, text }: Source): Import[] {
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    const use = useOf(node);
    if (use) found.push(resolve(file, use.specifier.text, use.typeOnly));
    ts.forEachChild(node, visit);
  };
  visit(parse(file, text));
  return found;
}

/** Parses a source without types, which takes milliseconds. */
export function parse(file: string, text: string): ts.SourceFile {
  return ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
}

interface Use {
  readonly specifier: ts.StringLiteralLike;
  readonly typeOnly: boolean;
}

function useOf(node: ts.Node): Use | undefined {
  if (ts.isImportDeclaration(node)) return use(node.moduleSpecifier, isTypeImport(node.importClause));
  if (ts.isExportDeclaration(node)) return use(node.moduleSpecifier, isTypeExport(node));
  if (ts.isImportTypeNode(node))
    return ts.isLiteralTypeNode(node.argument) ? use(node.argument.literal, true) : undefined;
  if (ts.isExternalModuleReference(node)) return use(node.expression, node.parent.isTypeOnly);
  if (ts.isCallExpression(node) && isLoading(node.expression)) return use(node.arguments[0], false);
  return undefined;
}

function use(specifier: ts.Node | undefined, typeOnly: boolean): Use | undefined {
  return specifier && ts.isStringLiteralLike(specifier) ? { specifier, typeOnly } : undefined;
}

/** `import type { A }`, and `import { type A, type B }`, of which also nothing is left. */
function isTypeImport(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const names = clause.namedBindings;
  if (clause.name || !names || !ts.isNamedImports(names)) return false;
  return names.elements.length > 0 && names.elements.every((each) => each.isTypeOnly);
}

function isTypeExport({ isTypeOnly, exportClause }: ts.ExportDeclaration): boolean {
  if (isTypeOnly) return true;
  if (!exportClause || !ts.isNamedExports(exportClause)) return false;
  return exportClause.elements.length > 0 && exportClause.elements.every((each) => each.isTypeOnly);
}

function isLoading(callee: ts.Expression): boolean {
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === "require");
}

function resolve(from: string, specifier: string, typeOnly: boolean): Import {
  if (!specifier.startsWith(".")) return { from, to: specifier, relative: false, typeOnly };
  const target = path.posix.join(path.posix.dirname(from), specifier);
  return { from, to: target.replace(/(\.js)?$/, ".ts"), relative: true, typeOnly };
}

/** The package that a specifier names: `@scope/name/part` is of `@scope/name`. */
export function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}
