import type { System } from "../core/system.js";
import { applyTo, comment, shownChange, type Change } from "./changes.js";
import { blankKnown, completeKnown, copyKnown, type Known } from "./known.js";
import { openSession } from "./session.js";
import { connections, type GleanSettings } from "./settings.js";

/** Glean as the core sees it. */
export const glean: System<Known, Change, GleanSettings> = {
  title: "Glean",
  connections,
  open: openSession,
  render: (_known, changes) => changes.map(shownChange),
  applyTo,
  copy: copyKnown,
  complete: completeKnown,
  blank: blankKnown,
  comment,
};
