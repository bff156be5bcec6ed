import type { Page, Section, Table } from "../report/page.js";
import { FINDINGS, type ConsumersAudit, type FindingKind } from "./formats.js";
import { factsOf, sourcesSection } from "./sources.js";

/** Changes that people are shown; JSON has all. */
const SHOWN_CHANGES = 50;

/** An audit for people. */
export function auditPage(audit: ConsumersAudit): Page {
  const { findings, unknown_activity: unknown, checked } = audit;
  const main = findingsTable(audit);
  return {
    title: `Audit of ${audit.product}`,
    facts: [
      ["Findings", String(findings.length)],
      ["Requests checked", String(checked.requests)],
      ["Grants checked", checked.grants === null ? "not read" : String(checked.grants)],
      ["Use unknown of", String(unknown.length)],
      ...factsOf(audit),
    ],
    sections: [
      { id: "summary", heading: "Compliance status", table: summaryTable(audit) },
      { id: "findings", heading: "Findings", table: main },
      {
        id: "unknown",
        heading: "Use unknown",
        text: ["Nothing is known of the use of these. That is no finding: ask them, or let the next review do so."],
        table: {
          caption: "Consumers of whose use nothing is known",
          empty: "None.",
          columns: [
            { heading: "Consumer", key: "consumer_id", kind: "text" },
            { heading: "Why", key: "reason", kind: "text" },
          ],
          rows: unknown.map(({ consumer_id: id, reason }) => [id, reason]),
        },
      },
      changesSection(audit),
      sourcesSection(audit.sources),
    ],
    main,
  };
}

function summaryTable({ findings, checked, sources }: ConsumersAudit): Table {
  const counts = new Map<FindingKind, number>();
  for (const { kind } of findings) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const needsGrants: readonly FindingKind[] = [
    "expired_access",
    "revoked_access",
    "beyond_request",
    "unexplained_grant",
  ];
  const needsUse: readonly FindingKind[] = ["inactive_consumer", "unused_permission", "unusual_volume", "unusual_hour"];
  const kinds = Object.keys(FINDINGS) as FindingKind[];
  return {
    caption: "What was looked for, and how often it was found",
    empty: "",
    columns: [
      { heading: "What was looked for", key: "what", kind: "text" },
      { heading: "Found", key: "count", kind: "alert" },
      { heading: "Kind", key: "kind", kind: "code" },
    ],
    rows: kinds.map((kind) => {
      const isUnread =
        (needsGrants.includes(kind) && checked.grants === null) || (needsUse.includes(kind) && sources === null);
      return [FINDINGS[kind], isUnread ? null : (counts.get(kind) ?? 0), kind];
    }),
  };
}

function findingsTable({ findings }: ConsumersAudit): Table {
  const order = Object.keys(FINDINGS);
  const sorted = [...findings].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  return {
    caption: "Findings",
    empty: "None: nothing that was looked for was found.",
    columns: [
      { heading: "Kind", key: "kind", kind: "code" },
      { heading: "Consumer", key: "consumer_id", kind: "text" },
      { heading: "What", key: "message", kind: "text" },
      { heading: "Where", key: "place", kind: "code" },
    ],
    rows: sorted.map(({ kind, consumer_id: id, message, file, line }) => [
      kind,
      id ?? "",
      message,
      file === null ? "" : `${file}:${String(line ?? 1)}`,
    ]),
  };
}

function changesSection({ permission_changes: changes, period_days: days }: ConsumersAudit): Section {
  const head = { id: "changes", heading: `Permission changes of ${String(days)} days` };
  if (changes === null) return { ...head, text: ["They were not read."] };
  const byMonth = new Map<string, number>();
  for (const { at } of changes) byMonth.set(at.slice(0, 7), (byMonth.get(at.slice(0, 7)) ?? 0) + 1);
  const bars = [...byMonth].sort(([a], [b]) => (a < b ? -1 : 1)).map(([label, value]) => ({ label, value }));
  const more =
    changes.length > SHOWN_CHANGES
      ? [`The latest ${String(SHOWN_CHANGES)} of ${String(changes.length)}; --json has all.`]
      : [];
  return {
    ...head,
    text: more,
    ...(bars.length === 0
      ? {}
      : {
          charts: [
            { kind: "columns" as const, title: "Permission changes by month", unit: "changes", label: "Month", bars },
          ],
        }),
    table: {
      caption: "Changes of privileges on the product and what holds it, latest first",
      empty: "None.",
      columns: [
        { heading: "When", key: "at", kind: "text" },
        { heading: "Principal", key: "principal", kind: "text" },
        { heading: "Given", key: "added", kind: "text" },
        { heading: "Taken", key: "removed", kind: "text" },
        { heading: "On", key: "securable", kind: "code" },
        { heading: "By", key: "by", kind: "text" },
      ],
      rows: changes
        .slice(0, SHOWN_CHANGES)
        .map(({ at, principal, added, removed, securable, by }) => [
          at.slice(0, 16).replace("T", " "),
          principal,
          added.join(", "),
          removed.join(", "),
          securable,
          by,
        ]),
    },
  };
}
