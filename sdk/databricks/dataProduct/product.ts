import * as z from "zod";
import { days, email, entry, list, oneOrMore, text, yes } from "../../core/fields.js";
import { notifications } from "./notifications.js";
import type { EvidenceLevel } from "./types.js";

export type { EvidenceLevel };

/*
 * product.yaml: what a data product is, who decides about it, and what its policy is.
 */

/** How well an approval is proved, from the least on. */
export const EVIDENCE_LEVELS = [
  "none",
  "commit",
  "review",
  "signed_commit",
] as const satisfies readonly EvidenceLevel[];

const fullName = (what: string, parts: number, form: string): z.ZodType<string> =>
  text(what).refine((name) => name.split(".").length === parts && !/[`/\s]/.test(name), {
    error: `must be a full name such as ${form}, without quotation marks and blanks`,
  });

const manager = z.union(
  [
    email("the e-mail address of a manager").transform((address) => ({ email: address, business_units: undefined })),
    entry("a manager", {
      email: email("the e-mail address of a manager"),
      business_units: list(text("a business unit"), "business units")
        .optional()
        .describe("For whose requests. Default: every unit's."),
    }),
  ],
  { error: "must be an e-mail address, or an object with email and business_units" },
);

const person = entry("a person", {
  also: list(email("another address of the person"), "e-mail addresses")
    .optional()
    .describe("Other addresses of the person, as they stand in commits."),
  github: list(text("a login"), "logins").optional().describe("Logins on GitHub."),
  gitlab: list(text("a user name"), "user names").optional().describe("User names on GitLab."),
  gpg: list(
    text("a fingerprint").regex(/^(0x)?[0-9A-Fa-f ]{40,}$/, {
      error: "must be the whole fingerprint of an OpenPGP key",
    }),
    "fingerprints",
  )
    .optional()
    .describe("Whole fingerprints of OpenPGP keys that the person signs with."),
});

const policy = entry("a policy", {
  evidence: z
    .enum(["commit", "review", "signed_commit"], {
      error: "must be commit, review or signed_commit: how well an approval has to be proved at least",
    })
    .default("commit")
    .describe("How well an approval has to be proved at least; each counts for those before it. Default commit."),
  allowed_signers: text("a file")
    .optional()
    .describe("SSH keys that sign commits (ssh-keygen's allowed signers file), relative to product.yaml."),
  review_exporters: list(email("an e-mail address"), "e-mail addresses")
    .optional()
    .describe("Whose signed commits may bring exported reviews into the repository. Default: nobody's."),
  separate_granting: yes().default(true).describe("Who approved a request does not run its grant. Default true."),
  violations: z
    .enum(["refuse", "reject"], { error: "must be refuse (the run ends) or reject (the request alone is left out)" })
    .default("refuse")
    .describe(
      "What a request that breaks the rules does: ends the run, or is left out with a warning. Default refuse.",
    ),
  expires_within_days: days().default(30).describe("How long before its end access counts as expiring. Default 30."),
  inactive_days: days().default(90).describe("After how long without use a consumer counts as inactive. Default 90."),
  training_valid_days: days()
    .optional()
    .describe("How long a training counts; requests then say on which day it was completed. Default: for good."),
  review_every: z
    .enum(["month", "quarter", "half_year", "year"], { error: "must be month, quarter, half_year or year" })
    .default("quarter")
    .describe("How often all access is reviewed. Default quarter."),
  unanswered_review: z
    .enum(["list", "revoke"], { error: "must be list or revoke" })
    .default("list")
    .describe("What becomes of access that a review asked about and nobody answered for. Default list."),
});

const ledger = entry("a ledger", {
  catalog: text("a catalog").regex(/^[^.`/\s]+$/, { error: "must be the name of a catalog" }),
  schema: text("a schema")
    .regex(/^[^.`/\s]+$/, { error: "must be the name of a schema, without its catalog" })
    .default("data_products")
    .describe("Default data_products."),
  views: yes()
    .default(true)
    .describe("Whether views on it are made, which need Databricks' system tables. Default true."),
});

/** The JSON or YAML of product.yaml. */
export const productFile = entry("a data product", {
  $schema: z.string().optional(),
  name: text("the name of the product, such as customer-360"),
  description: text("a text").optional(),
  data_owner: oneOrMore(email("the e-mail address of a data owner or of their team"), "data owners").describe(
    "Who may approve as data owner: people, or teams with their people under teams. The first is the product's owner.",
  ),
  managers: list(manager, "managers").describe("Who may approve as manager, for all or some business units."),
  teams: z
    .record(email("the e-mail address of a team"), list(email("the e-mail address of a person"), "e-mail addresses"), {
      error: "must be the people of each team: { data-team@example.com: [dana@example.com] }",
    })
    .default({})
    .describe("Which people act for an address that is a team's."),
  people: z
    .record(email("the e-mail address of a person"), person, {
      error: "must be what is known of each person: { dana@example.com: { github: [dana] } }",
    })
    .default({})
    .describe("By which other names people are known."),
  tables: list(fullName("the full name of a table or view", 3, "main.sales.orders"), "tables and views").default([]),
  schemas: list(fullName("the full name of a schema", 2, "main.sales"), "schemas")
    .default([])
    .describe("Schemas that are the product as a whole."),
  sensitivity: z.enum(["public", "internal", "confidential", "restricted"], {
    error: "must be public, internal, confidential or restricted",
  }),
  allowed_permissions: list(text("a privilege"), "privileges", "such as [SELECT]")
    .min(1, { error: "must have one at least, such as [SELECT]" })
    .describe('What may be requested: privileges ("SELECT"), or permissions on one table ("MODIFY on notes table").'),
  max_duration_days: days().default(365).describe("The longest time for which access is given. Default 365."),
  required_compliance: list(
    z.enum(["training_completed", "policy_acknowledged", "nda_signed"], {
      error: "must be training_completed, policy_acknowledged or nda_signed",
    }),
    "what has to be complied with",
  )
    .default(["training_completed", "policy_acknowledged", "nda_signed"])
    .describe("What every request has to confirm. Default: all three."),
  ignore: list(text("a pattern"), "patterns")
    .default([])
    .describe("Principals whose privileges on the product are left alone, such as those of pipelines: etl-*"),
  policy: policy.prefault({}),
  ledger: ledger
    .optional()
    .describe("Where tables are in which each grant, change and revocation is written. Default: none is written."),
  notifications,
})
  .refine(({ tables, schemas }) => tables.length + schemas.length > 0, {
    path: ["tables"],
    error: "is missing: the product has one table or schema at least",
  })
  .refine(({ ledger: kept, notifications: told }) => kept !== undefined || told.length === 0, {
    path: ["notifications"],
    error: "need a ledger, in which they wait until they are delivered: add ledger: { catalog: ... }",
  })
  .describe("A data product: what it is, who decides about it, and its policy.");

/** A data product as its file declares it, with defaults. Addresses are in lower case. */
export type Product = z.output<typeof productFile>;
