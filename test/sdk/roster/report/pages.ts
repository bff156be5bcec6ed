import type { Page } from "../../../../sdk/roster/report/page.js";

/** What somebody writes into a name to break a page. */
export const NASTY = `"><script>alert('x')</script>&\u202e|*_[a](http://evil.example)`;

/** A page with one of everything, and names of people who mean harm. */
export const PAGE: Page = {
  title: `Use of ${NASTY}`,
  facts: [
    ["Period", "2026-12-02 to 2027-01-01"],
    [NASTY, NASTY],
  ],
  sections: [
    {
      id: "charts",
      heading: "Charts",
      text: [NASTY],
      charts: [
        { kind: "bars", title: "Bars", unit: "queries", label: "Consumer", bars: [{ label: NASTY, value: 7 }] },
        {
          kind: "columns",
          title: "Columns",
          unit: "queries",
          label: "Month",
          bars: Array.from({ length: 30 }, (_, n) => ({
            label: `20${String(25 + Math.floor(n / 12))}-${String((n % 12) + 1).padStart(2, "0")}`,
            value: n * 1000,
          })),
        },
        {
          kind: "heat",
          title: "Heat",
          unit: "queries",
          label: "Hour",
          columns: ["Sunday", "Monday"],
          rows: [
            { label: "00:00", values: [0, 3] },
            { label: "01:00", values: [40, 1] },
          ],
        },
        { kind: "bars", title: "Nothing", unit: "queries", label: "Consumer", bars: [] },
      ],
    },
    {
      id: "table",
      heading: "Table",
      table: {
        caption: NASTY,
        empty: "None.",
        columns: [
          { heading: "Consumer", key: "consumer", kind: "text" },
          { heading: "Status", key: "status", kind: "state" },
          { heading: "Found", key: "found", kind: "alert" },
          { heading: "GB", key: "gb", kind: "number", digits: 1 },
          { heading: "Where", key: "place", kind: "code" },
        ],
        rows: [
          [NASTY, "active", 0, 1234.56, "products/a.yaml:1"],
          ["Ana\nBo", "revoked", 3, null, null],
        ],
      },
    },
  ],
  main: { caption: "", empty: "", columns: [], rows: [] },
};
