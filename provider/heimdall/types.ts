/*
 * Types that programs see: of their own, so that a program's compiler reads no types of the libraries used here.
 */

/** An environment: every action, role, mapping and group. */
export interface EnvironmentData {
  /** Every action. */
  readonly actions: readonly ActionData[];
  /** Every role, with its actions. */
  readonly roles: readonly RoleData[];
  /** Every mapping. */
  readonly mappings: readonly MappingData[];
  /** Every group, with its roles. */
  readonly groups: readonly GroupData[];
}

/** An action of an environment. */
export interface ActionData {
  /** Lower-case letters, digits, `_` and `:`, at most 100. */
  readonly name: string;
  /** 1 to 500 characters. */
  readonly description: string;
}

/** A role of an environment. */
export interface RoleData {
  /** Lower-case letters, digits, `_` and `:`, at most 100. */
  readonly name: string;
  /** 1 to 500 characters. */
  readonly description: string;
  /** All of its actions. Default: none. */
  readonly actions?: readonly string[];
}

/** A mapping of an environment. */
export interface MappingData {
  /** Upper case. */
  readonly method: string;
  /** The pattern of the path, at most 255 characters. */
  readonly path: string;
  /** The name of the action that the endpoint asks for. */
  readonly action: string;
  /** At most 500 characters. Default: none. */
  readonly description?: string;
}

/** A group of an environment. */
export interface GroupData {
  /** Lower-case letters, digits, `_` and `:`, at most 100. */
  readonly name: string;
  /** 1 to 500 characters. */
  readonly description: string;
  /** All of its roles. Default: none. */
  readonly roles?: readonly string[];
  /** The CPFs of all of its members. Left out, the group keeps the members that it has. */
  readonly members?: readonly string[];
}

/** How an environment is, and what the token may do there. */
export interface Health {
  /** The connection and its address. */
  readonly environment: string;
  /** Whether the service answers. */
  readonly up: boolean;
  /** Whether it takes the token. */
  readonly tokenValid: boolean;
  /** Whose token it is; undefined where that is not known. */
  readonly cpf?: string;
  /** When the token ends, ISO 8601; undefined where it does not say. */
  readonly expires?: string;
  /** Whether the token is an administrator's. */
  readonly superadmin: boolean;
  /** Whether it may change things: it is an administrator's, and the service can check that at the moment. */
  readonly mayWrite: boolean;
  /** What is wrong, in words; empty where nothing is. */
  readonly problems: readonly string[];
}
