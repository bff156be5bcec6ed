import type { System } from "../core/system.js";
import { applyTo, endsOf, type Change } from "./changes.js";
import { comment, shownChange } from "./requests.js";
import { openSession } from "./session.js";
import { connections, type HeimdallSettings } from "./settings.js";
import { blankSnapshot, completeSnapshot, copySnapshot, type Snapshot } from "./snapshot.js";

/** Heimdall as the core sees it. */
export const heimdall: System<Snapshot, Change, HeimdallSettings> = {
  title: "Heimdall",
  connections,
  open: (connection) => openSession(connection),
  render: (snapshot, changes) => changes.map((change) => shownChange(snapshot, change)),
  applyTo,
  ends: (_snapshot, change) => endsOf(change),
  copy: copySnapshot,
  complete: completeSnapshot,
  blank: blankSnapshot,
  comment,
};
