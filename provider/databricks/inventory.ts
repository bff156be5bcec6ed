import { inventoryOf, type HeldResource, type Thing } from "../core/inventory.js";
import { grantThing } from "./grantLists.js";
import { resources } from "./index.js";
import { ALL_PRIVILEGES, OWNER } from "./privileges.js";
import { securableKey, securableOf } from "./securables.js";
import { openSession } from "./session.js";
import { databricks } from "./system.js";

/** Who has something on the securables that resources grant on, and no resource manages it. */
export const inventory = inventoryOf({
  ...databricks,
  resources,
  look: async (connection, { resources: held, has }) => {
    const securables = [...new Set(held.flatMap(securablesOf))];
    // Whose whole list a resource decides, what is too much there is drift.
    const open = securables.filter((securable) => !has(`list of grants on:${securableKey(securable)}`));
    const metastore = await openSession(connection).model(open);
    return open.flatMap((securable) =>
      [...(metastore.securables.get(securableKey(securable))?.values() ?? [])].flatMap(({ principal, privileges }) =>
        [...privileges]
          .filter((privilege) => privilege !== OWNER)
          .map((privilege) => thingOf(securable, principal, privilege)),
      ),
    );
  },
});

function securablesOf({ properties: { securable, additional, grants } }: HeldResource): string[] {
  const keysOf = (given: unknown): string[] => (typeof given === "object" && given !== null ? Object.keys(given) : []);
  return typeof securable === "string" ? [securable] : [...keysOf(additional), ...keysOf(grants)];
}

function thingOf(securable: string, principal: string, privilege: string): Thing {
  const { type, name } = securableOf(securable);
  const words = privilege === ALL_PRIVILEGES ? "ALL PRIVILEGES" : privilege.replaceAll("_", " ");
  const on = `${type.replaceAll("_", " ")} ${name}`;
  return {
    key: grantThing(securable, principal, privilege),
    kind: "grant",
    name: `${principal} in ${securable}`,
    text: `${principal} has ${privilege} on ${on}`,
    remedy: `REVOKE ${words} ON ${on} FROM \`${principal.replaceAll("`", "``")}\``,
  };
}
