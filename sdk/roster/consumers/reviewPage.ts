import type { Page } from "../report/page.js";
import type { ConsumersReview } from "./formats.js";

/** A review for people. */
export function reviewPage(data: ConsumersReview, now: Date): Page {
  const { product, review, due, files, decisions } = data;
  const counts = new Map<string, number>();
  for (const { decision } of decisions) counts.set(decision, (counts.get(decision) ?? 0) + 1);
  const open = decisions.filter(({ decision }) => decision === "unanswered").length;
  const main = {
    caption: "Decisions",
    empty: "None.",
    columns: [
      { heading: "Consumer", key: "consumer_id", kind: "text" as const },
      { heading: "Reviewer", key: "reviewer", kind: "text" as const },
      { heading: "Decision", key: "decision", kind: "state" as const },
      { heading: "Reason", key: "reason", kind: "text" as const },
      { heading: "Applied", key: "applied", kind: "state" as const },
    ],
    rows: decisions.map(({ consumer_id: id, reviewer, decision, reason, applied }) => [
      id,
      reviewer,
      decision,
      reason ?? "",
      applied ? "yes" : "no",
    ]),
  };
  const late = open > 0 && Date.parse(due) <= now.getTime() ? ` (${String(open)} are overdue)` : "";
  return {
    title: `Review ${review} of ${product}`,
    facts: [
      ["Due", `${due.slice(0, 10)}${late}`],
      ["Consumers", String(data.total_consumers)],
      ["of them inactive", String(data.inactive_count)],
      ["of unknown activity", String(data.unknown_count)],
      ...[...counts].map(([decision, count]) => [decision, String(count)] as const),
    ],
    sections: [
      {
        id: "files",
        heading: "Files",
        table: {
          caption: "Files of reviewers",
          empty: "None.",
          columns: [
            { heading: "File", key: "file", kind: "code" },
            { heading: "Reviewer", key: "reviewer", kind: "text" },
            { heading: "Consumers", key: "consumers", kind: "number" },
            { heading: "New", key: "made", kind: "text" },
          ],
          rows: files.map(({ file, reviewer, consumers, made }) => [file, reviewer, consumers, made ? "yes" : "no"]),
        },
      },
      { id: "decisions", heading: "Decisions", table: main },
    ],
    main,
  };
}
