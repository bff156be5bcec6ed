import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { htmlOf } from "../../../../sdk/roster/report/html.js";
import { describeUnless } from "../../../skip.js";
import { startStory } from "../../../docs/consumersStory.js";
import { findChromium, startChromium } from "./chromium.js";
import { PAGE } from "./pages.js";

const CHROMIUM = findChromium();
const ACTIONS = ["list", "audit", "report", "review"] as const;

/** How people look at a report: the themes differ in colours alone, the widths in layout alone. */
const VIEWS = {
  "wide and light": { viewport: { width: 1200, height: 900 }, colorScheme: "light" },
  "narrow and dark": { viewport: { width: 375, height: 800 }, colorScheme: "dark" },
} as const;

describeUnless(
  CHROMIUM === undefined ? "there is no Chromium: set CHROMIUM_PATH, or put one on the PATH" : undefined,
  "reports of roster consumers in Chromium",
  function () {
    this.timeout(120_000);
    const folder = mkdtempSync(join(tmpdir(), "roster-pages-"));
    let browser: Browser;

    before(async () => {
      browser = await startChromium(CHROMIUM ?? "");
      const scene = await startStory();
      for (const action of ACTIONS) {
        await scene.run([action, "--format", "html", "-o", join(folder, `${action}.html`)]);
      }
      await scene.end();
      writeFileSync(join(folder, "nasty.html"), htmlOf(PAGE));
    });
    after(async () => {
      await browser.close();
      rmSync(folder, { recursive: true });
    });

    /** Opens a report, and keeps what it asked for and complained about. */
    async function open(name: string, view: BrowserContextOptions): Promise<{ page: Page; events: string[] }> {
      const page = await (await browser.newContext(view)).newPage();
      const events: string[] = [];
      page.on("request", (request) => events.push(request.url()));
      page.on("console", (message) => events.push(message.text()));
      page.on("dialog", (dialog) => {
        events.push(dialog.message());
        void dialog.dismiss();
      });
      await page.goto(pathToFileURL(join(folder, `${name}.html`)).href);
      return { page, events };
    }

    for (const name of [...ACTIONS, "nasty"]) {
      for (const [title, view] of Object.entries(VIEWS)) {
        it(`${name}, ${title}, has nothing that axe finds, fits the page, and asks for nothing`, async () => {
          const { page, events } = await open(name, { ...view, bypassCSP: true });
          assert.deepEqual(events, [page.url()]);
          const [width = 0, shown = 0] = await page.evaluate<number[]>(
            "[document.documentElement.scrollWidth, window.innerWidth]",
          );
          assert.ok(width <= shown, `${String(width)} pixels on ${String(shown)}`);
          await page.evaluate('document.querySelectorAll("details").forEach((each) => { each.open = true; })');
          await page.evaluate(axe.source);
          const { violations } = await page.evaluate<axe.AxeResults>("axe.run()");
          assert.deepEqual(
            violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map(({ target }) => target.join(" ")) })),
            [],
          );
          await page.context().close();
        });
      }
    }

    it("are styled, and follow the theme, under their own policy", async () => {
      const backgrounds = [];
      for (const view of Object.values(VIEWS)) {
        const { page } = await open("report", view);
        backgrounds.push(await page.evaluate("getComputedStyle(document.body).backgroundColor"));
        await page.context().close();
      }
      assert.deepEqual(backgrounds, ["rgb(255, 255, 255)", "rgb(20, 24, 29)"]);
    });

    it("are read by keyboard: the way past the links, each link, each table, each chart's numbers", async () => {
      const { page } = await open("report", VIEWS["wide and light"]);
      const focused = (): Promise<string> =>
        page.evaluate<string>(
          "document.activeElement.getAttribute('aria-label') ?? (document.activeElement.id || document.activeElement.textContent)",
        );
      const tab = async (): Promise<string> => {
        await page.keyboard.press("Tab");
        return focused();
      };
      const order = [await tab()];
      await page.keyboard.press("Enter");
      order.push(await focused());
      for (let times = 0; times < 9; times += 1) order.push(await tab());
      assert.deepEqual(order, [
        "Skip to the content",
        "content",
        "As a table: Most queries in 30 days",
        "As a table: Most GB scanned in 30 days",
        "As a table: Consumers with access so far, by month of the first grant",
        "As a table: Consumers who asked something, by month",
        "As a table: Queries by month",
        "As a table: GB scanned by month",
        "As a table: Queries by hour and day, in 30 days",
        "Use by consumer in 30 days, most queries first",
        "Sources, and how far back they go",
      ]);
      await page.locator("summary").first().focus();
      await page.keyboard.press("Enter");
      assert.equal(await tab(), "Most queries in 30 days", "the table that has opened");
      assert.ok(await page.locator("figure table").first().isVisible());
      await page.context().close();
    });

    it("tell a screen reader what they show", async () => {
      const { page } = await open("report", VIEWS["wide and light"]);
      const tree = await page.locator("body").ariaSnapshot();
      for (const each of [
        '- heading "Use of customer-360" [level=1]',
        '- navigation "Sections"',
        'img "Queries by month Highest: 2026-05, with 277 (queries)."',
        '- heading "All consumers" [level=2]',
        '- table "Use by consumer in 30 days, most queries first"',
        '- columnheader "Average seconds"',
        '- rowheader "consumer-0@example.com"',
      ]) {
        assert.ok(tree.includes(each), `${each}\nis not in\n${tree}`);
      }
      await page.context().close();
    });
  },
);
