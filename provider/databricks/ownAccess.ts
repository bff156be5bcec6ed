import { fold, type Metastore } from "./metastore.js";
import { MANAGE, OWNER } from "./privileges.js";

/*
 * The account that runs this never takes from itself what it needs to go on.
 */

/** Whether somebody who is on no list is left alone because it is the account that runs this. */
export function isLeftAlone({ account }: Metastore, principal: string): boolean {
  return account?.names.has(fold(principal)) ?? false;
}

/**
 * Whether a privilege is never taken: ownership, which no grant gives, and MANAGE of the account that runs this or of a
 * group that it is in. Where the server does not say which account that is, it may be anybody's.
 */
export function isKept({ account, edition }: Metastore, principal: string, privilege: string): boolean {
  if (privilege === OWNER) return true;
  if (privilege !== MANAGE) return false;
  if (account === undefined) return edition !== undefined;
  return account.names.has(fold(principal)) || account.groups.has(fold(principal));
}
