import type { Column } from "../contestant.js";
import { ldap2pg } from "./ldap2pg.js";
import { limit } from "./limit.js";
import { pulumiColumn } from "./pulumi.js";
import { terraformColumn } from "./terraform.js";

/** Everyone who takes part, in the order in which they take turns: what is compared most stands side by side. */
export const COLUMNS: readonly Column[] = [
  pulumiColumn({ name: "floor", title: "engine floor, granular", large: false }, "granular", "floor"),
  pulumiColumn({ name: "granular", title: "Roster granular", large: false }, "granular", "roster"),
  pulumiColumn({ name: "textbook", title: "textbook dynamic provider", large: false }, "textbook", "roster"),
  pulumiColumn({ name: "bulk-floor", title: "engine floor, bulk", large: true }, "bulk", "floor"),
  pulumiColumn({ name: "bulk", title: "Roster bulk", large: true }, "bulk", "roster"),
  limit,
  ldap2pg,
  terraformColumn("tofu"),
  terraformColumn("terraform"),
];
