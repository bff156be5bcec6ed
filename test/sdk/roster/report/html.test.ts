import assert from "node:assert/strict";
import { htmlOf } from "../../../../sdk/roster/report/html.js";
import { markdownOf } from "../../../../sdk/roster/report/markdown.js";
import { STYLE } from "../../../../sdk/roster/report/style.js";
import { textOf } from "../../../../sdk/roster/report/text.js";
import { NASTY, PAGE } from "./pages.js";

describe("a report as HTML", () => {
  const html = htmlOf(PAGE);

  it("shows names as text, whatever stands in them", () => {
    assert.doesNotMatch(html, /<script|<\/script|alert\('/);
    // The title twice; a fact's name and value; a paragraph; a bar's label, message and row; a caption, its group's name, a cell.
    assert.equal(html.split("&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)").length - 1, 11);
    assert.ok(!html.includes("\u202e"), "nothing turns the text around");
    assert.ok(!/ on[a-z]+=/.test(html), "no handlers");
  });

  it("needs nothing from anywhere: no script, no address, and a policy that forbids both", () => {
    assert.match(html, /http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/);
    assert.doesNotMatch(html, / (?:src|srcset|action|formaction|data)=/);
    assert.doesNotMatch(html, /url\(|@import|style="/);
    for (const [, address = ""] of html.matchAll(/ href="([^"]*)"/g)) assert.match(address, /^#[a-z-]+$/);
  });

  it("has landmarks, one first heading, and ids that are there once", () => {
    for (const each of ["<header>", "<nav aria-label=", "<main id=", "<footer>", '<html lang="en">', "<h1>"]) {
      assert.equal(html.split(each).length, 2, each);
    }
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id = ""]) => id);
    assert.equal(new Set(ids).size, ids.length);
    const named = [...html.matchAll(/ (?:aria-labelledby|href)="#?([^"]+)"/g)].flatMap(([, id = ""]) => id.split(" "));
    assert.deepEqual(
      named.filter((id) => !ids.includes(id)),
      [],
    );
  });

  it("has for each chart a name, its message in words, and its numbers as a table", () => {
    const figures = html.match(/<figure>[\s\S]*?<\/figure>/g) ?? [];
    assert.deepEqual(
      figures.map((figure) =>
        /<desc [^>]*>([^<]*)</.exec(figure)?.[1]?.replace(/^Highest: &quot;.*, with/, "Highest: NASTY, with"),
      ),
      [
        "Highest: NASTY, with 7 (queries).",
        "Highest: 2027-06, with 29,000 (queries).",
        "Highest: Sunday 01:00, with 40 (queries).",
      ],
    );
    for (const figure of figures) {
      assert.match(
        figure,
        /<svg class="chart" role="img" aria-labelledby="charts-chart-\d-title charts-chart-\d-told"/,
      );
      assert.match(figure, /<details><summary>As a table<span class="hidden">: .*<table>/s);
    }
    assert.match(html, /<h3>Nothing<\/h3>\n<p>Nothing was counted\.<\/p>/);
  });

  it("has tables with a caption, heads for columns and rows, and a group that is scrolled by keyboard", () => {
    const tables = html.match(/<div class="scroll"[\s\S]*?<\/table>/g) ?? [];
    assert.equal(tables.length, 4);
    for (const table of tables) {
      assert.match(table, /^<div class="scroll" role="group" aria-label="[^"]+" tabindex="0">\n<table>\n<caption>/);
      assert.doesNotMatch(table, /<th(?! scope="(?:col|row)")[ >]/);
    }
    const last = tables.at(-1) ?? "";
    for (const cell of [
      '<td><span class="state state-active">active</span></td>',
      '<td class="number">0</td>',
      '<td class="number"><strong class="alert">3</strong></td>',
      '<td class="number">1,234.6</td>',
      '<td class="number">unknown</td>',
      "<td><code>products/<wbr>a.yaml:1</code></td>",
      '<th scope="row">Ana<br>Bo</th>',
    ]) {
      assert.ok(last.includes(cell), cell);
    }
  });

  describe("has colours", () => {
    const [light = "", dark = ""] = STYLE.split("@media (prefers-color-scheme: dark)");
    for (const [theme, text] of Object.entries({ light, dark })) {
      const colours = new Map(
        [...text.matchAll(/--([a-z0-9-]+): (#[0-9a-f]{6})/g)].map(([, name = "", value = ""]) => [name, value]),
      );
      const contrast = (one: string, other: string): number => ratio(colours.get(one) ?? "", colours.get(other) ?? "");
      it(`of texts with a contrast of 4.5 at least, ${theme}`, () => {
        const pairs = [
          ...["text", "quiet", "link"].flatMap((each) => [`${each} page`, `${each} panel`]),
          ...["good", "warn", "bad"].map((each) => `${each} ${each}-back`),
        ];
        for (const pair of pairs) {
          const [one = "", other = ""] = pair.split(" ");
          assert.ok(contrast(one, other) >= 4.5, `${pair}: ${contrast(one, other).toFixed(2)}`);
        }
      });
      it(`of bars and of focus with a contrast of 3 at least, ${theme}`, () => {
        for (const each of ["bar", "focus", "level5"]) assert.ok(contrast(each, "page") >= 3, each);
      });
    }
  });
});

describe("a report as text and as Markdown", () => {
  it("breaks long cells between words, and shows what a terminal would obey", () => {
    const text = textOf({
      ...PAGE,
      sections: [
        {
          id: "table",
          heading: "Table",
          table: {
            caption: "",
            empty: "",
            columns: [
              { heading: "Kind", key: "kind", kind: "code" },
              { heading: "What", key: "what", kind: "text" },
            ],
            rows: [["a".repeat(70), `${"word ".repeat(20)}${NASTY}`]],
          },
        },
      ],
    });
    const lines = text.split("\n");
    const first = lines.findIndex((line) => line.startsWith("aaaa"));
    assert.equal(lines[first], `${"a".repeat(70)}  ${"word ".repeat(12).trim()}`);
    assert.equal(lines[first + 1], `${" ".repeat(72)}${"word ".repeat(8).trim()}`);
    assert.ok(!text.includes("\u202e"));
  });

  it("escapes what Markdown would take for a mark", () => {
    const markdown = markdownOf(PAGE);
    assert.doesNotMatch(markdown, /(?<!\\)<script|(?<!\\)\[a/);
    assert.match(markdown, /\| ---: \| ---: \|/);
  });
});

/** The contrast of two colours, as WCAG 2.2 computes it. */
function ratio(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
