import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { REPOSITORY } from "../repository.js";

/** What a page names that there is not: files and commands in the text, and where links lead. */
function missingIn(page: string, text: string): string[] {
  const folder = path.dirname(path.join(REPOSITORY, page));
  // What stands between fences is for the reader's own project.
  const prose = text.replace(/^ *```[^]*?^ *```$/gm, "");
  const links = [...prose.matchAll(/\]\(([^):#]+)(?:#[^)]*)?\)/g)].map(([, link = ""]) => link);
  const scripts = [...text.matchAll(/npm run ([a-z:-]+)/g)].map(([, script = ""]) => script);
  return [
    ...links.filter((link) => !existsSync(path.join(folder, link))),
    ...scripts.filter((script) => !isScript(script)).map((script) => `npm run ${script}`),
  ];
}

/** Sources that a page names, by the end of their path, of which there are none: `core/http.ts`, `provider/<system>/read.ts`. */
function missingSources(text: string): string[] {
  const named = [...text.matchAll(/`([\w./<>-]+\.(?:ts|mjs))`/g)].map(([, name = ""]) => name);
  return [...new Set(named)].filter((name) => {
    const end = new RegExp(`(^|/)${name.replaceAll(".", "\\.").replace(/<\w+>/g, "\\w+")}$`);
    return !SOURCES.some((file) => end.test(file));
  });
}

/** Whether there is a script of that name, or of one that begins so: `npm run example:...` is any of them. */
function isScript(name: string): boolean {
  return SCRIPTS.has(name) || (name.endsWith(":") && [...SCRIPTS].some((script) => script.startsWith(name)));
}

const SCRIPTS = new Set(
  Object.keys(
    (JSON.parse(readFileSync(path.join(REPOSITORY, "package.json"), "utf8")) as { scripts: Record<string, string> })
      .scripts,
  ),
);
const SOURCES = ["provider", "sdk", "examples", "test"].flatMap((folder) =>
  readdirSync(path.join(REPOSITORY, folder), { recursive: true, encoding: "utf8" }).map((file) =>
    path.posix.join(folder, file.split(path.sep).join("/")),
  ),
);
const PAGES = [".", "docs"].flatMap((folder) =>
  readdirSync(path.join(REPOSITORY, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => path.join(folder, name)),
);

describe("what pages name", () => {
  for (const page of PAGES) {
    it(`is there: ${page}`, () => {
      assert.deepEqual(missingIn(page, readFileSync(path.join(REPOSITORY, page), "utf8")), []);
    });
  }

  for (const page of ["ARCHITECTURE.md", "CONTRIBUTING.md"]) {
    it(`are sources that there are: ${page}`, () => {
      assert.deepEqual(missingSources(readFileSync(path.join(REPOSITORY, page), "utf8")), []);
    });
  }

  it("is missed where it is not there", () => {
    assert.deepEqual(
      missingIn("README.md", "[one](docs/none.md), [other](docs/ci.md), `npm run none`, `npm run lint`"),
      ["docs/none.md", "npm run none"],
    );
    assert.deepEqual(
      missingSources("`core/none.ts`, `core/http.ts`, `provider/<system>/read.ts`, `<system>/none.ts`"),
      ["core/none.ts", "<system>/none.ts"],
    );
  });
});
