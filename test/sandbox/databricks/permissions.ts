import type { Answer, Call } from "../server.js";
import { Refused, type Metastore } from "./metastore.js";

/*
 * The endpoints for privileges, of Databricks and of the open-source server. Strict where the contract is: what it does
 * not say is refused.
 */

/** Whose server the sandbox plays. */
export type Edition = "databricks" | "open source";

/** How the service behaves besides. */
export interface Behaviour {
  /** Principals in a page. */
  pageSize: number;
  /** Every page of results comes after an empty one. */
  emptyPages: boolean;
  /** So many reads of a securable after a change still show it as it was. */
  staleReads: number;
  /** The answer to a change shows the securable as it was. */
  staleAnswers: boolean;
  /** Runs when a change has arrived and before it is carried out: what somebody else does meanwhile. */
  meanwhile: ((securable: string) => void) | undefined;
}

const TYPES = new Set(
  (
    "catalog clean_room connection credential external_location external_metadata function metastore pipeline " +
    "provider recipient schema share staging_table storage_credential table volume"
  ).split(" "),
);
const OPEN_SOURCE_TYPES = new Set(
  "metastore catalog schema table function volume registered_model external_location credential".split(" "),
);

/** What cannot be given on some types; the rest is taken. */
const ONLY_ON: Readonly<Record<string, readonly string[]>> = {
  SELECT: ["catalog", "schema", "table", "share"],
  MODIFY: ["catalog", "schema", "table"],
  USE_CATALOG: ["catalog"],
  USE_SCHEMA: ["catalog", "schema"],
  EXECUTE: ["catalog", "schema", "function"],
  READ_VOLUME: ["catalog", "schema", "volume"],
  WRITE_VOLUME: ["catalog", "schema", "volume"],
  CREATE_CATALOG: ["metastore"],
};

interface PermissionsChange {
  readonly principal: string;
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** The permissions endpoints of one metastore. */
export class Permissions {
  /** What reads still show, and how many of them. */
  private readonly stale = new Map<string, { left: number; readonly shown: readonly unknown[] }>();

  constructor(
    private readonly metastore: Metastore,
    private readonly edition: Edition,
    private readonly behaviour: Behaviour,
  ) {}

  /** `path` is what follows the name of the endpoint: `table/main.sales.orders`. */
  answer(call: Call, path: string, caller: string): Answer {
    const securable = this.securableOf(path);
    if (call.method === "GET") return { status: 200, body: this.read(securable, call.query) };
    if (call.method === "PATCH") return { status: 200, body: this.change(securable, call.body, caller) };
    throw new Refused(405, "METHOD_NOT_ALLOWED", `${call.method} is not supported`);
  }

  effective(call: Call, path: string): Answer {
    const securable = this.securableOf(path);
    const all = [...this.metastore.effective(securable)].map(([principal, privileges]) => ({ principal, privileges }));
    return { status: 200, body: this.page(all, call.query) };
  }

  private securableOf(path: string): string {
    const [type = "", ...rest] = path.split("/");
    const known = this.edition === "databricks" ? TYPES : OPEN_SOURCE_TYPES;
    const name = decodeURIComponent(rest.join("/"));
    if (!known.has(type.toLowerCase()) || rest.length !== 1) {
      throw new Refused(400, "INVALID_PARAMETER_VALUE", `SECURABLE_TYPE ${type} is not valid`);
    }
    this.metastore.find(`${type.toLowerCase()} ${name}`);
    return `${type.toLowerCase()} ${name}`;
  }

  private read(securable: string, query: URLSearchParams): unknown {
    const stale = this.stale.get(securable.toLowerCase());
    if (stale !== undefined && stale.left > 0) {
      stale.left -= 1;
      return this.page(stale.shown, query);
    }
    const all = this.written(securable);
    return this.edition === "databricks" ? this.page(all, query) : { privilege_assignments: all };
  }

  private written(securable: string): { principal: string; privileges: readonly string[] }[] {
    const spaced = this.edition === "open source";
    return this.metastore
      .assignments(securable)
      .map(({ principal, principal_id: id, privileges }) =>
        spaced
          ? { principal, privileges: privileges.map((privilege) => privilege.replaceAll("_", " ")) }
          : { principal, principal_id: id, privileges },
      );
  }

  private page(all: readonly unknown[], query: URLSearchParams): unknown {
    const text = query.get("max_results");
    if (text === null) return { privilege_assignments: all };
    const asked = Number(text);
    if (!Number.isInteger(asked) || asked < 0 || (asked > 0 && asked < 150)) {
      throw new Refused(400, "INVALID_PARAMETER_VALUE", `max_results ${text} must be 0 or at least 150`);
    }
    const size = asked === 0 ? this.behaviour.pageSize : Math.min(asked, this.behaviour.pageSize);
    const { at, empty } = tokenOf(query.get("page_token"));
    if (this.behaviour.emptyPages && !empty && all.length > 0) {
      return { privilege_assignments: [], next_page_token: writtenToken(at, true) };
    }
    const end = at + size;
    const more = end < all.length ? { next_page_token: writtenToken(end, false) } : {};
    return { privilege_assignments: all.slice(at, end), ...more };
  }

  private change(securable: string, body: unknown, caller: string): unknown {
    if (!this.metastore.mayManage(securable, caller)) {
      throw new Refused(403, "PERMISSION_DENIED", `User does not have MANAGE on ${securable}.`);
    }
    const changes = this.changesOf(body, securable.split(" ")[0] ?? "");
    const before = this.written(securable);
    this.behaviour.meanwhile?.(securable);
    // All or nothing; the open-source server carries out what comes before the principal that it does not know.
    if (this.edition === "databricks") for (const { principal } of changes) this.metastore.principal(principal);
    for (const { principal, add, remove } of changes) {
      this.metastore.grant(securable, principal, ...add);
      this.metastore.revoke(securable, principal, ...remove);
    }
    this.stale.set(securable.toLowerCase(), { left: this.behaviour.staleReads, shown: before });
    if (this.behaviour.staleAnswers) return { privilege_assignments: before };
    if (this.edition === "databricks") return { privilege_assignments: this.written(securable) };
    const changed = new Set(changes.map(({ principal }) => principal.toLowerCase()));
    const answered = this.written(securable).filter(({ principal }) => changed.has(principal.toLowerCase()));
    return {
      privilege_assignments: answered.map(({ principal, privileges }) => ({
        principal: `00000000-0000-4000-8000-${String(this.metastore.principal(principal).id).padStart(12, "0")}`,
        privileges,
      })),
    };
  }

  private changesOf(body: unknown, type: string): PermissionsChange[] {
    const { changes, ...rest } = objectOf(body, "the body");
    const strange = Object.keys(rest).filter((key) => key !== "omit_permissions_in_response");
    if (strange.length > 0 || !Array.isArray(changes)) throw invalid("the body must hold changes, and nothing else");
    const seen = new Set<string>();
    return changes.map((change: unknown): PermissionsChange => {
      const { principal, add, remove, ...others } = objectOf(change, "a change");
      if (typeof principal !== "string" || principal === "") throw invalid("principal is required");
      if (Object.keys(others).length > 0) throw invalid(`unknown fields ${Object.keys(others).join(", ")}`);
      if (seen.has(principal.toLowerCase())) throw invalid(`principal ${principal} stands twice`);
      seen.add(principal.toLowerCase());
      const [given, taken] = [this.privilegesOf(add, "add", type), this.privilegesOf(remove, "remove", type)];
      if (given.some((privilege) => taken.includes(privilege))) throw invalid("a privilege is both added and removed");
      return { principal, add: given, remove: taken };
    });
  }

  private privilegesOf(given: unknown, field: string, type: string): string[] {
    if (given === undefined && this.edition === "databricks") return [];
    if (!Array.isArray(given) || !given.every((each) => typeof each === "string")) {
      throw invalid(`${field} must be a list of privileges`);
    }
    return given.map((privilege: string) => {
      const separator = this.edition === "databricks" ? "_" : " ";
      if (!new RegExp(`^[A-Z]+(${separator}[A-Z]+)*$`).test(privilege))
        throw invalid(`Privilege ${privilege} is not valid`);
      const canonical = privilege.replaceAll(" ", "_");
      if (ONLY_ON[canonical]?.includes(type) === false) {
        throw invalid(`Privilege ${privilege} is not applicable to this entity [${type}].`);
      }
      return canonical;
    });
  }
}

function invalid(message: string): Refused {
  return new Refused(400, "INVALID_PARAMETER_VALUE", message);
}

function objectOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw invalid(`${what} must be an object`);
}

function writtenToken(at: number, empty: boolean): string {
  return Buffer.from(JSON.stringify({ at, empty })).toString("base64url");
}

function tokenOf(text: string | null): { at: number; empty: boolean } {
  if (text === null) return { at: 0, empty: false };
  return JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as { at: number; empty: boolean };
}
