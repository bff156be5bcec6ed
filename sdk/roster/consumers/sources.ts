import { dayOf } from "../../databricks/dataProduct/period.js";
import type { Section } from "../report/page.js";
import type { ConsumersList } from "./formats.js";

/** When a report was made. */
export function factsOf({ generated_at: at }: { readonly generated_at: string }): (readonly [string, string])[] {
  return [["As of", `${at.slice(0, 16).replace("T", " ")} UTC`]];
}

/** Where numbers come from, how far back that goes, and what it does not cover. */
export function sourcesSection(read: ConsumersList["sources"]): Section {
  const heading = "Where this comes from";
  if (read === null) {
    return { id: "sources", heading, text: ["The system tables of Databricks were not asked, so use is unknown."] };
  }
  return {
    id: "sources",
    heading,
    text: [
      "Use is what lineage tells of the product's tables, with the statements of query history that belong to it. Both are " +
        "records of a part: query history has SQL warehouses and serverless compute, lineage what could be inferred. What " +
        "neither covers is unknown, and not inactive. Bytes are all that a statement read, of other tables too. " +
        `Hours are in the warehouse's time zone, ${read.time_zone}.`,
    ],
    table: {
      caption: "Sources, and how far back they go",
      empty: "None.",
      columns: [
        { heading: "System table", key: "name", kind: "code" },
        { heading: "Keeps (days)", key: "keeps_days", kind: "number" },
        { heading: "Oldest record", key: "oldest", kind: "text" },
        { heading: "Latest record", key: "newest", kind: "text" },
      ],
      rows: read.sources.map(({ name, keeps_days: days, oldest, newest }) => [
        name,
        days,
        oldest === null ? "none" : dayOf(oldest),
        newest === null ? "none" : `${newest.slice(0, 16).replace("T", " ")} UTC`,
      ]),
    },
  };
}
