import assert from "node:assert/strict";
import fc from "fast-check";
import {
  byEmail,
  byUsername,
  crosswalk,
  type CrosswalkEntry,
  type Crosswalked,
  type GroupSource,
  type SourceGroup,
  type SourceUser,
  type UserRules,
} from "../../../sdk/core/crosswalk.js";

const RULES: UserRules = { ignoreUsers: [], userMap: byUsername };

function user(username: string, rest: Partial<SourceUser> = {}): SourceUser {
  return { username, email: `${username}@larkspur.example`, active: true, ...rest };
}

function group(id: string, members: readonly (string | SourceUser)[], rest: Partial<SourceGroup> = {}): SourceGroup {
  const users = members.map((member) => (typeof member === "string" ? user(member) : member));
  return { id, name: `Group ${id}`, members: users, complete: true, children: [], ...rest };
}

function source(...groups: SourceGroup[]): GroupSource {
  return { system: "Birdwatch", complete: true, groups };
}

const to = (databaseGroup: string, id: string, rest: Partial<CrosswalkEntry> = {}): CrosswalkEntry => ({
  id,
  databaseGroup,
  ...rest,
});

function feed(from: GroupSource, entries: readonly CrosswalkEntry[], rules: Partial<UserRules> = {}): Crosswalked {
  return crosswalk(from, entries, { ...RULES, ...rules });
}

describe("the crosswalk", () => {
  it("feeds a database group with who is active in the group of the source", () => {
    const made = feed(source(group("1", ["rui", "ana", user("zoe", { active: false })]), group("2", ["mei"])), [
      to("analysts", "1"),
    ]);
    assert.deepEqual(made, {
      groups: { analysts: { members: ["ana", "rui"] } },
      unmapped: ["Group 2"],
      unnamed: [],
      warnings: [],
    });
  });

  it("finds groups by name, and by id before the name", () => {
    const from = source(group("1", ["ana"]), group("2", ["rui"]));
    const named = { name: "Group 2", databaseGroup: "a" };
    assert.deepEqual(feed(from, [named]).groups, { a: { members: ["rui"] } });
    const { groups, warnings } = feed(from, [{ ...named, id: "1" }]);
    assert.deepEqual(groups, { a: { members: ["ana"] } });
    assert.deepEqual(warnings, ['the group with id 1 is called "Group 1" now, and not "Group 2".']);
  });

  it("refuses a name that several groups have, and an entry without one", () => {
    const from = source(group("1", ["ana"], { name: "Same" }), group("2", ["rui"], { name: "Same" }));
    assert.throws(() => feed(from, [{ name: "Same", databaseGroup: "a" }]), /several groups "Same" \(ids 1 and 2\)/);
    assert.throws(() => feed(from, [{ databaseGroup: "a" }]), /neither name nor id/);
  });

  it("adds up what several entries give to one database group", () => {
    const from = source(group("1", ["ana", "rui"]), group("2", ["rui", "mei"]));
    assert.deepEqual(feed(from, [to("a", "1"), to("a", "2", { onRemove: "keep" })]).groups, {
      a: { members: ["ana", "mei", "rui"], onRemove: "keep" },
    });
  });

  it("does not create a group only where no entry wants that", () => {
    const from = source(group("1", ["ana"]), group("2", ["rui"]));
    const entries = [to("a", "1", { create: false }), to("a", "2"), to("b", "1", { create: false })];
    const { a, b } = feed(from, entries).groups;
    assert.deepEqual([a?.create, b?.create], [undefined, false]);
  });

  describe("takes nobody out", () => {
    const whole = group("1", ["ana"]);
    const cases: [string, GroupSource, string, RegExp][] = [
      ["of a group that is gone", source(whole), "9", /Birdwatch has no group with id 9, or does not show it/],
      ["of a group that is empty", source(group("9", [])), "9", /"Group 9" has nobody to give/],
      [
        "of a group that has only people who left",
        source(group("9", [user("ana", { active: false })])),
        "9",
        /nobody to give/,
      ],
      ["of a group with nobody but ignored people", source(group("9", ["svc_a"])), "9", /nobody to give/],
      [
        "of a group that was not shown whole",
        source(group("9", ["ana"], { complete: false })),
        "9",
        /"Group 9" are not all known/,
      ],
    ];
    for (const [what, from, id, said] of cases) {
      it(what, () => {
        const { groups, warnings } = feed(from, [to("db", id)], { ignoreUsers: ["svc_*"] });
        assert.equal(groups["db"]?.incomplete, true);
        assert.match(warnings[0] ?? "", said);
        assert.match(warnings[0] ?? "", /Nobody is taken out of "db"\.$/);
      });

      it(`${what}, unless the entry says so`, () => {
        const { groups, warnings } = feed(from, [to("db", id, { mayEmpty: true })], { ignoreUsers: ["svc_*"] });
        assert.equal(groups["db"]?.incomplete, undefined);
        assert.equal(warnings.length, 1);
      });
    }

    it("when the source is not whole, whatever the entry says", () => {
      const lost = { system: "Birdwatch", complete: false, groups: [whole, group("9", [], { complete: false })] };
      for (const id of ["1", "9", "gone"]) {
        for (const mayEmpty of [false, true]) {
          const { groups, warnings } = feed(lost, [to("db", id, { mayEmpty })]);
          assert.equal(groups["db"]?.incomplete, true);
          assert.match(warnings[0] ?? "", /Nobody is taken out of "db"\.$/);
        }
      }
    });

    it("of a group that another entry feeds too", () => {
      const { groups } = feed(source(whole, group("9", [])), [to("db", "1"), to("db", "9"), to("other", "1")]);
      assert.deepEqual(groups, { db: { members: ["ana"], incomplete: true }, other: { members: ["ana"] } });
    });
  });

  it("leaves alone who is ignored, by the name of either side", () => {
    const from = source(group("1", ["ana", "svc_a", "Rui"]));
    const userMap = ({ username }: SourceUser): string => username.toLowerCase();
    const made = feed(from, [to("a", "1")], { ignoreUsers: ["svc_*", "rui"], userMap });
    assert.deepEqual(made.groups, { a: { members: ["ana"] } });
  });

  it("names the users whom the map does not, once", () => {
    const nobody = user("zoe", { email: undefined });
    const from = source(group("1", [user("ana", { email: "Ana@Larkspur.example" }), nobody]), group("2", [nobody]));
    const { groups, unnamed } = feed(from, [to("a", "1"), to("b", "2")], { userMap: byEmail });
    assert.deepEqual(groups["a"], { members: ["ana@larkspur.example"] });
    assert.deepEqual(unnamed, ["zoe"]);
  });

  it("counts members of child groups where an entry says so, also in a circle", () => {
    const from = source(
      group("1", ["ana"], { children: ["2", "77"] }),
      group("2", ["rui"], { children: ["3"] }),
      group("3", ["mei"], { children: ["1"], complete: false }),
    );
    assert.deepEqual(feed(from, [to("a", "1")]).groups, { a: { members: ["ana"] } });
    assert.deepEqual(feed(from, [to("a", "1", { nested: true })]).groups, {
      a: { members: ["ana", "mei", "rui"], incomplete: true },
    });
  });

  it("gives nobody who is not active in a mapped group, and everybody who is", () => {
    const people = fc.array(fc.record({ username: fc.constantFrom("a", "b", "c", "d"), active: fc.boolean() }));
    const sources = fc.array(people, { minLength: 1, maxLength: 4 });
    const entries = fc.array(fc.tuple(fc.constantFrom("x", "y"), fc.nat(3)), { maxLength: 5 });
    fc.assert(
      fc.property(sources, entries, (all, pairs) => {
        const from = source(...all.map((members, index) => group(String(index), members)));
        const { groups } = feed(
          from,
          pairs.map(([database, index]) => to(database, String(index))),
        );
        for (const [database, { members, incomplete }] of Object.entries(groups)) {
          const fedBy = pairs.filter(([name]) => name === database).map(([, index]) => all[index]);
          const active = fedBy.map((part) => part?.filter((each) => each.active).map((each) => each.username) ?? []);
          assert.deepEqual(members, [...new Set(active.flat())].sort());
          assert.equal(
            incomplete === true,
            active.some((part) => part.length === 0),
          );
        }
      }),
    );
  });
});
