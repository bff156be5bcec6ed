import assert from "node:assert/strict";
import fc from "fast-check";
import { keycloak } from "pulumi-roster";

const SOMEBODY: keycloak.Person = {
  id: "7d1f",
  username: "ana",
  email: "ana@larkspur.example",
  emailVerified: true,
  firstName: "Ana",
  lastName: "Lima",
  enabled: true,
  serviceAccount: false,
  attributes: {},
  groups: [],
};

type Changes = Partial<keycloak.Person>;

/** What a mapping makes of somebody, and what it could not take. */
function mapped(changes: Changes, names?: keycloak.PeopleNames): { record: keycloak.MappedPerson; troubles: string[] } {
  const troubles: string[] = [];
  const record = keycloak.mapPeople(names)({ ...SOMEBODY, ...changes }, (what, value) => {
    troubles.push(value === undefined ? what : `${what}: ${value}`);
  });
  return { record, troubles };
}

function attributes(given: Readonly<Record<string, string>>): Changes {
  return { attributes: Object.fromEntries(Object.entries(given).map(([name, value]) => [name, [value]])) };
}

describe("the mapping of people of Keycloak", () => {
  it("takes what everybody has, and nothing that nobody gave", () => {
    assert.deepEqual(mapped({}).record, {
      source: "7d1f",
      label: "ana",
      email: "ana@larkspur.example",
      firstName: "Ana",
      lastName: "Lima",
    });
  });

  for (const [field, names] of Object.entries(keycloak.standardNames)) {
    if (field === "location" || field === "teams") continue;
    const value = { startDate: "2027-01-31", photoUrl: "https://pictures.example/ana.png" }[field] ?? `some ${field}`;
    for (const [place, name] of (names as readonly string[]).entries()) {
      it(`finds ${field} in ${name}, unless a name before it has one`, () => {
        const later = (names as readonly string[]).slice(place + 1).map((each) => [each, "later"] as const);
        const { record } = mapped(attributes({ ...Object.fromEntries(later), [name]: ` ${value} ` }));
        assert.equal(record[field as keyof typeof record], value);
      });
    }
  }

  for (const [field, names] of Object.entries(keycloak.standardNames.location)) {
    it(`finds the ${field} of the place where somebody is in ${names.join(", ")}`, () => {
      for (const name of names) {
        assert.deepEqual(mapped(attributes({ [name]: "PT" })).record.structuredLocation, { [field]: "PT" });
      }
    });
  }

  it("looks at paths of groups where a name begins with a slash: one level, or any", () => {
    const groups = ["/departments/Data", "/departments/Data/Lake", "/teams/a/b", "/teams/c"];
    const names = { department: ["unit", "/departments/*"], teams: "/teams/**" };
    const { record } = mapped({ groups }, names);
    assert.equal(record.department, "Data");
    assert.deepEqual(record.teams, [
      { teamId: "/teams/a/b", name: "b" },
      { teamId: "/teams/c", name: "c" },
    ]);
    assert.equal(mapped({ groups, ...attributes({ unit: "Finance" }) }, names).record.department, "Finance");
  });

  it("takes all groups for teams where nothing is said, and none for an empty list", () => {
    const groups = ["/a", "/b/c"];
    assert.deepEqual(
      mapped({ groups }).record.teams?.map(({ teamId }) => teamId),
      groups,
    );
    assert.equal(mapped({ groups }, { teams: [] }).record.teams, undefined);
  });

  it("leaves a field out whose list of names is empty, and takes blanks for nothing", () => {
    assert.equal(mapped(attributes({ title: "Analyst" }), { title: [] }).record.title, undefined);
    assert.equal(mapped(attributes({ title: "  " })).record.title, undefined);
    assert.equal(mapped(attributes({ title: " ", jobTitle: "Analyst" })).record.title, "Analyst");
  });

  for (const [given, day] of [
    ["2027-01-31", "2027-01-31"],
    ["2027-01-31T09:00:00Z", "2027-01-31"],
    ["20270131000000Z", "2027-01-31"],
    ["20270131000000.0Z", "2027-01-31"],
    ["31/01/2027", undefined],
    ["2027-02-30", undefined],
    ["soon", undefined],
  ] as const) {
    it(`makes of the first day ${given} ${day ?? "none, and says so"}`, () => {
      const { record, troubles } = mapped(attributes({ startDate: given }));
      assert.equal(record.startDate, day);
      const told = `startDate is not what it should be, and is left out: ${given}`;
      assert.deepEqual(troubles, day === undefined ? [told] : []);
    });
  }

  it("leaves out an address of a picture and a code of a country that cannot be, and says so", () => {
    const { record, troubles } = mapped(attributes({ picture: "javascript:alert(1)", c: "Portugal" }));
    assert.deepEqual([record.photoUrl, record.structuredLocation], [undefined, undefined]);
    assert.equal(troubles.length, 2);
  });

  it("takes every character of a pattern but its stars for itself", () => {
    const name = fc
      .string({ minLength: 1, unit: "grapheme" })
      .filter((text) => !/[*/]/.test(text) && text.trim() !== "");
    fc.assert(
      fc.property(name, name, (group, other) => {
        const { record } = mapped({ groups: [`/${other}`, `/${group}`] }, { department: `/${group}`, teams: [] });
        assert.equal(record.department, group.trim());
        const missing = mapped({ groups: [`/${other}x`] }, { department: `/${group}`, teams: [] }).record;
        assert.equal(missing.department, `${other}x` === group ? group.trim() : undefined);
      }),
    );
  });
});
