import type { HttpRequest } from "../core/httpRequest.js";
import { employeeOf, type PersonRecord } from "./personFields.js";
import { personKey, teamKey, type Known } from "./known.js";
import { teamOf, type TeamRecord } from "./teamFields.js";

/** One thing to do to Glean, as data: rendered for a plan, sent, and played through on what is known. */
export type Change =
  | { readonly kind: "indexPerson"; readonly person: PersonRecord; readonly version?: number | undefined }
  | { readonly kind: "deletePerson"; readonly email: string; readonly version?: number | undefined }
  | { readonly kind: "indexTeam"; readonly team: TeamRecord; readonly version?: number | undefined }
  | { readonly kind: "deleteTeam"; readonly teamId: string };

/** Where the Indexing API is. */
export const PREFIX = "/api/index/v1";

/** The request of a change. All of them can be repeated: a record is replaced, and what is gone is deleted again. */
export function requestOf(change: Change): HttpRequest {
  const post = (path: string, body: object, about: string): HttpRequest => ({
    method: "POST",
    path: PREFIX + path,
    body,
    repeatable: true,
    shown: `POST ${PREFIX}${path} (${about})`,
  });
  const version = "version" in change && change.version !== undefined ? { version: change.version } : {};
  switch (change.kind) {
    case "indexPerson":
      return post("/indexemployee", { employee: employeeOf(change.person), ...version }, change.person.email);
    case "deletePerson":
      return post("/deleteemployee", { employeeEmail: change.email, ...version }, change.email);
    case "indexTeam":
      return post("/indexteam", { team: teamOf(change.team), ...version }, change.team.teamId);
    case "deleteTeam":
      return post("/deleteteam", { id: change.teamId }, change.teamId);
  }
}

/** A change as the plan shows it: the request with what it carries. */
export function shownChange(change: Change): string {
  const { method, path, body } = requestOf(change);
  return `${method} ${path} ${JSON.stringify(body)}`;
}

/** A note for the plan. */
export function comment(text: string): string {
  return `# ${text}`;
}

/** Makes what is known what it is after a change. */
export function applyTo({ entries }: Known, change: Change): void {
  switch (change.kind) {
    case "indexPerson":
      entries.set(personKey(change.person.email), { kind: "sent", record: change.person, version: change.version });
      return;
    case "deletePerson":
      entries.set(personKey(change.email), { kind: "gone" });
      return;
    case "indexTeam":
      entries.set(teamKey(change.team.teamId), { kind: "sent", record: change.team, version: change.version });
      return;
    case "deleteTeam":
      entries.set(teamKey(change.teamId), { kind: "gone" });
      return;
  }
}
