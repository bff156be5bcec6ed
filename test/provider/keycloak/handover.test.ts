import assert from "node:assert/strict";
import { readingOf } from "../../../provider/core/reading.js";
import { feed, type FedTeam, type Mapped } from "../../../provider/keycloak/handover.js";
import type { Person } from "../../../provider/keycloak/types.js";

interface Fields extends Mapped {
  readonly source: string;
}

function person(username: string, more: Partial<Person> = {}): Person {
  const email = `${username}@larkspur.example`;
  const rest = { emailVerified: true, enabled: true, serviceAccount: false, attributes: {}, groups: [] };
  return { id: `id-${username}`, username, email, ...rest, ...more };
}

/** What is made of people, and everything that was told. */
async function fed(
  people: readonly Person[],
  map: (person: Person) => Fields | undefined,
  { department, shortfalls = [] }: { department?: string; shortfalls?: readonly string[] } = {},
): Promise<{ records: object[]; teams: FedTeam[]; warnings: string[]; said: string[]; complete: boolean }> {
  const [warnings, said]: [string[], string[]] = [[], []];
  const directory = await feed<Fields>({
    people: readingOf(people, shortfalls),
    map,
    department,
    warn: (text) => warnings.push(text),
    inform: (text) => said.push(text),
    sample: () => undefined,
  });
  const records: object[] = [];
  for await (const record of directory.people) records.push(record);
  return { records, teams: [...directory.teams], warnings, said, complete: directory.people.complete };
}

const by =
  (manager: Readonly<Record<string, string>>) =>
  ({ username, email }: Person): Fields => ({
    source: username,
    email,
    department: "Data",
    ...(manager[username] === undefined ? {} : { manager: manager[username] }),
  });

describe("a directory of the people of a realm", () => {
  const BOSS = "CN=Boss,OU=People,DC=larkspur";

  for (const [what, name] of [
    ["an address", "boss@larkspur.example"],
    ["a user name, whatever its case", "BOSS"],
    ["an id of Keycloak", "id-boss"],
    ["a name in LDAP, whatever its case", BOSS.toLowerCase()],
  ] as const) {
    it(`finds a manager by ${what}`, async () => {
      const boss = person("boss", { attributes: { LDAP_ENTRY_DN: [BOSS] } });
      const { records, warnings } = await fed([person("ana"), boss], by({ ana: name }));
      assert.deepEqual(records[0], {
        source: "ana",
        email: "ana@larkspur.example",
        department: "Data",
        managerEmail: "boss@larkspur.example",
      });
      assert.deepEqual(warnings, []);
    });
  }

  it("leaves out a manager whom nobody knows or who has no address, keeps the person, and says so", async () => {
    const { email: _none, ...boss } = person("boss");
    const { records, warnings } = await fed([person("ana"), person("rui"), boss], by({ ana: "boss", rui: "nobody" }));
    assert.equal(records.length, 3);
    assert.ok(!JSON.stringify(records).includes("manager"));
    assert.match(warnings.join("\n"), /2 people: the manager is nobody .*: ana \("boss"\), rui \("nobody"\)\./);
  });

  it("tells who has no department, and how many of the rest, after the first ten", async () => {
    const many = Array.from({ length: 12 }, (_none, index) => person(`p${String(index)}`));
    const { warnings } = await fed(many, ({ username, email }) => ({ source: username, email }), {
      department: "Unassigned",
    });
    assert.match(warnings[0] ?? "", /^12 people: no department, so Unassigned: p0, .*p9 and 2 more\.$/);
  });

  it("counts who was read, who goes on and whom the mapping leaves out", async () => {
    const { said, records } = await fed([person("ana"), person("rui")], (each) =>
      each.username === "rui" ? undefined : by({})(each),
    );
    assert.equal(records.length, 1);
    assert.match(
      said[0] ?? "",
      /2 people were read of Keycloak: 1 go to the directory, 1 are left out by the mapping\./,
    );
  });

  it("makes teams of who is in them, sorted, with addresses in lower case, and nobody without one", async () => {
    const { email: _none, ...ghost } = person("ghost");
    const { teams } = await fed([person("rui", { email: "Rui@Larkspur.example" }), person("ana"), ghost], (each) => ({
      ...by({})(each),
      teams: [{ teamId: "/teams/data", name: "data" }, { name: "without an id" }],
    }));
    const members = [{ email: "ana@larkspur.example" }, { email: "rui@larkspur.example" }];
    assert.deepEqual(teams, [{ teamId: "/teams/data", name: "data", members }]);
  });

  it("of a realm that was not read to its end says so, and gives no teams, which would lack people", async () => {
    const { teams, complete, said } = await fed(
      [person("ana")],
      (each) => ({ ...by({})(each), teams: [{ teamId: "t", name: "t" }] }),
      { shortfalls: ["it broke off"] },
    );
    assert.deepEqual([teams, complete], [[], false]);
    assert.match(said[0] ?? "", /this is not everybody, so that nobody is removed/);
  });
});
