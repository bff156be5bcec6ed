import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { REPOSITORY } from "../repository.js";

/** The exported names of a file without a doc comment, and in the sdk the members of its classes and interfaces too. */
function undocumented(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const bare = (node: ts.Node): boolean => ts.getJSDocCommentsAndTags(node).length === 0;
  return source.statements.filter(isExported).flatMap((statement) => {
    const own = bare(statement) ? [nameOf(statement)] : [];
    const typed = ts.isClassDeclaration(statement) || ts.isInterfaceDeclaration(statement);
    if (!file.startsWith("sdk/") || !typed) return own;
    const members = [...(statement.members as Iterable<ts.Node>)].filter(bare);
    return [...own, ...members.map((member) => `${nameOf(statement)}.${nameOf(member)}`)];
  });
}

function isExported(node: ts.Statement): boolean {
  if (ts.isExportAssignment(node) || ts.isExportDeclaration(node)) return false;
  return (
    ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
  );
}

function nameOf(node: ts.Node): string {
  if (ts.isVariableStatement(node)) return node.declarationList.declarations.map(({ name }) => name.getText()).join();
  return (node as ts.NamedDeclaration).name?.getText() ?? ts.SyntaxKind[node.kind];
}

describe("doc comments", () => {
  for (const folder of ["provider", "sdk"]) {
    it(`stand at every exported name of ${folder}/`, () => {
      const files = readdirSync(join(REPOSITORY, folder), { recursive: true, encoding: "utf8" });
      const missing = files
        .filter((name) => name.endsWith(".ts"))
        .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
        .flatMap((file) =>
          undocumented(file, readFileSync(join(REPOSITORY, file), "utf8")).map((name) => `${file}: ${name}`),
        );
      assert.deepEqual(missing, []);
    });
  }

  it("have no code that ends with a backslash, which is lost in docs/reference", () => {
    const files = readdirSync(join(REPOSITORY, "sdk"), { recursive: true, encoding: "utf8" });
    const comments = files
      .filter((name) => name.endsWith(".ts"))
      .flatMap((name) => readFileSync(join(REPOSITORY, "sdk", name), "utf8").match(/\/\*\*[^]*?\*\//g) ?? []);
    assert.ok(comments.length > 100, "comments are found");
    assert.deepEqual(
      comments.filter((text) => /`[^`\n]*\\`/.test(text)),
      [],
    );
  });

  it("are missed where they are missing", () => {
    assert.deepEqual(
      undocumented("sdk/x.ts", "export class A {\n  declare readonly b: string;\n}\n/** C. */\nexport const c = 1;"),
      ["A", "A.b"],
    );
  });
});
