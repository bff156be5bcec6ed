// A process of its own, so that the memory of the realm is not counted with that of its reader.
import { startKeycloakSandbox } from "../../sandbox/keycloak/index.js";
import { serviceClient } from "../../sandbox/keycloak/representation.js";
import { CLIENT, GROUPS_IN_A_USER, SECRET, nested, type RealmSize } from "./size.js";

async function main({ users, groups: count }: RealmSize): Promise<void> {
  const { groups, paths } = nested(count);
  const reader = serviceClient(CLIENT, SECRET, ["view-users", "view-realm", "query-groups", "query-users"]);
  const people = Array.from({ length: users }, (_none, index) => ({
    username: `person-${String(index).padStart(7, "0")}`,
    email: `person-${index}@example.com`,
    firstName: "Given",
    lastName: `Family ${index}`,
    enabled: true,
    attributes: { department: [`Department ${index % 50}`], title: ["Engineer"], manager: [`person-${index % 500}`] },
    groups: Array.from({ length: GROUPS_IN_A_USER }, (_each, group) => paths[(index * 7 + group * 13) % count] ?? ""),
  }));
  const sandbox = await startKeycloakSandbox([
    { realm: "bench", enabled: true, groups, clients: [reader.client], users: [...people, reader.user] },
  ]);
  process.on("message", () => {
    process.send?.(sandbox.calls.map(({ path }) => path));
    sandbox.calls.length = 0;
  });
  process.on("disconnect", () => process.exit());
  process.send?.(sandbox.url);
}

void main(JSON.parse(process.argv[2] ?? "") as RealmSize);
