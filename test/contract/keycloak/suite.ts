import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { RosterError } from "../../../provider/core/errors.js";
import type { Call } from "../../sandbox/server.js";
import { REPOSITORY } from "../../repository.js";
import { skip } from "../../skip.js";
import { comparable, expectedGroups, expectedPeople, isActive } from "./expected.js";
import { readerOf } from "./reader.js";
import { PEOPLE, ROLES, secretOf } from "./realm.js";
import type { Target } from "./target.js";

const SPEC = path.join(REPOSITORY, "../shared/contracts/keycloak/openapi.trimmed.json");
/** Users in a page: the least that leaves 13 pages of users, so that there is a middle. */
const PAGE = 200;

/**
 * What reading a realm comes to, on a Keycloak that is behind a server of ours. The tests that change the realm come
 * last, and none counts on what another did.
 */
export function describeKeycloak(title: string, open: () => Promise<Target>): void {
  describe(title, function () {
    this.timeout(400_000);
    let target: Target;
    /** Every request of the suite, to be held against the specification. */
    const asked: Call[] = [];

    before(async () => {
      target = await open();
    });
    after(async () => {
      await target.close();
    });
    afterEach(() => {
      asked.push(...target.calls);
      target.before(() => Promise.resolve());
      target.reset();
    });

    const to = (settings: Record<string, string> = {}): ReturnType<typeof readerOf> =>
      readerOf(target.url, { pageSize: String(PAGE), ...settings });
    const requests = (end: RegExp): number => target.calls.filter((call) => end.test(call.path)).length;
    const isUserPage = ({ path: asked }: Call): boolean => asked.endsWith("/users");
    const isMembersPage = ({ path: asked }: Call): boolean => asked.endsWith("/members");
    /** Does something before some requests of a kind are answered, counted from 1. */
    const beforeThe = (nth: readonly number[], kind: (call: Call) => boolean, action: () => Promise<void>): void => {
      let seen = 0;
      let done = Promise.resolve();
      target.before((call) => {
        if (!kind(call)) return Promise.resolve();
        seen += 1;
        // Others of the kind wait too.
        if (nth.includes(seen)) done = done.then(action);
        return done;
      });
    };

    describe("everything that there is", () => {
      it("people with all that is known of them and all their groups", async () => {
        const people = await to().people();
        assert.deepEqual(people.shortfalls, []);
        assert.equal(people.complete, true);
        assert.deepEqual((await people.toArray()).map(comparable), expectedPeople(isActive));
        assert.equal(people.count, expectedPeople(isActive).length);
      });

      it("users, in a request for each page and one for the count", async () => {
        const users = await to().users();
        const expected = expectedPeople(isActive).map((each) => ({ ...each, groups: [] }));
        assert.deepEqual((await users.toArray()).map(comparable), expected);
        // Pages overlap by one.
        assert.equal(requests(/\/users$/), Math.ceil((PEOPLE - 1) / (PAGE - 1)));
        assert.equal(requests(/\/users\/count$/), 1);
        assert.equal(requests(/./), requests(/\/users$/) + 2);
      });

      it("who is disabled, where that is asked for", async () => {
        const users = await to().users({ includeDisabled: true });
        assert.equal(users.complete, true);
        assert.equal(users.count, PEOPLE);
      });

      it("accounts of clients, where that is asked for", async () => {
        const accounts = (await (await to().users({ includeServiceAccounts: true })).toArray())
          .filter(({ serviceAccount }) => serviceAccount)
          .map(({ username }) => username);
        assert.ok(accounts.includes("service-account-reader"));
        assert.ok(accounts.includes("service-account-powerless"));
      });

      it("groups at every level with their own members, beyond any page that is usual", async () => {
        const groups = await to().groups();
        assert.deepEqual(groups.shortfalls, []);
        const read = (await groups.toArray()).map(({ name, path: at, attributes, members = [], complete }) => ({
          name,
          path: at,
          attributes,
          members: members.map(({ username }) => username),
          complete,
        }));
        assert.deepEqual(
          read,
          expectedGroups(isActive).map((group) => ({ ...group, complete: true })),
        );
      });

      it("accounts of clients in groups, where that is asked for", async () => {
        const groups = await (await to().groups({ includeServiceAccounts: true })).toArray();
        const robots = groups.find(({ path: at }) => at === "/robots");
        assert.deepEqual(
          robots?.members?.map(({ username }) => username),
          ["service-account-reader"],
        );
      });

      it("the members of some groups only, and no request for those of others", async () => {
        const groups = await to().groups({ membersOf: ({ path: at }) => at.startsWith("/data") });
        const listed = (await groups.toArray()).filter(({ members }) => members !== undefined);
        assert.deepEqual(
          listed.map(({ path: at }) => at),
          ["/data", "/data/Größe", "/data/analysts", "/data/analysts/junior"],
        );
        assert.equal(
          requests(/\/members$/),
          [1250, 0, 834, 358].reduce((sum, many) => sum + pages(many), 0),
        );
        assert.equal(groups.complete, true);
      });

      it("with pages of a size that divides a list, and with the smallest", async () => {
        const { count } = await to().users({ includeDisabled: true });
        assert.equal((await to({ pageSize: String(PEOPLE) }).users({ includeDisabled: true })).count, count);
        assert.equal((await to({ pageSize: "501" }).users({ includeDisabled: true })).count, count);
        const groups = await (await to({ pageSize: "2" }).groups({ membersOf: () => false })).toArray();
        assert.deepEqual(
          groups.map(({ path: at }) => at),
          expectedGroups(isActive).map(({ path: at }) => at),
        );
      });
    });

    describe("less than everything is said to be less", () => {
      it("with a number of users", async () => {
        const reader = to();
        const users = await reader.users({ maxUsers: 10 });
        assert.equal(users.count, 10);
        assert.equal(users.complete, false);
        assert.match(users.shortfalls.join(), /maxUsers is 10, and the realm has 2500 users/);
        assert.match(reader.warnings.join(), /Not everything of realm company was read/);
        const all = await to().users({ includeDisabled: true, maxUsers: PEOPLE });
        assert.deepEqual([all.count, all.complete], [PEOPLE, true]);
      });

      it("with a search", async () => {
        const found = await to().users({ search: "person-12" });
        assert.equal(found.complete, false);
        assert.ok(found.count > 50 && found.count < 200);
      });

      it("with values of attributes", async () => {
        const found = await to().users({ withAttributes: { department: "Data" }, includeDisabled: true });
        assert.equal(found.complete, false);
        assert.equal(found.count, PEOPLE / 2);
        const one = await to().users({ withAttributes: { phone: "+351 0005", department: "Sales" } });
        assert.deepEqual(
          (await one.toArray()).map(({ username }) => username),
          [expectedPeople(isActive).find(({ lastName }) => lastName === "Family 0005")?.username],
        );
      });
    });

    describe("what can go wrong on the way", () => {
      const everybody = async (settings = {}): Promise<void> => {
        const users = await to(settings).users({ includeDisabled: true });
        assert.deepEqual([users.count, users.complete, users.shortfalls], [PEOPLE, true, []]);
      };

      it("a token that is withdrawn in the middle", async () => {
        beforeThe([5], isUserPage, () => target.revokeTokens());
        await everybody();
        assert.ok(requests(/\/token$/) >= 2, "a new token was asked for");
      });

      it("tokens that live for two seconds", async () => {
        beforeThe([4, 8, 12], isUserPage, () => target.sleep(2));
        await everybody({ clientId: "hasty", concurrency: "1" });
        assert.ok(requests(/\/token$/) >= 3, "new tokens were asked for");
      });

      it("429 with Retry-After, 500 and 503 that pass, and a connection that is cut", async () => {
        target.fault({
          when: isUserPage,
          from: 3,
          times: 1,
          failure: { answer: { status: 429, headers: { "retry-after": "1" } } },
        });
        target.fault({
          when: isUserPage,
          from: 6,
          times: 2,
          failure: { answer: { status: 500, body: { error: "unknown_error" } } },
        });
        target.fault({ when: isUserPage, from: 10, times: 1, failure: { answer: { status: 503 } } });
        target.fault({ when: isUserPage, from: 12, times: 1, failure: "cut" });
        await everybody();
      });

      it("a page of users that cannot be had: the rest is there and is said to be incomplete", async () => {
        target.fault({
          when: (call) => isUserPage(call) && Number(call.query.get("first")) > 1000,
          failure: { answer: { status: 500 } },
        });
        const people = await to().people();
        assert.equal(people.complete, false);
        assert.ok(people.count > 900 && people.count < 1300);
        assert.match(people.shortfalls.join(), /the list of users could not be read to the end: .*500/);
      });

      it("a group whose members cannot be had: that group is said to be incomplete", async () => {
        let broken: string | undefined;
        target.fault({
          when: (call) => isMembersPage(call) && (broken ??= call.path) === call.path,
          failure: { answer: { status: 501 } },
        });
        const groups = await to().groups();
        const lists = await groups.toArray();
        assert.equal(groups.complete, false);
        assert.equal(lists.filter(({ complete }) => !complete).length, 1);
        assert.equal(lists.length, expectedGroups(isActive).length);
      });

      it("a server that goes down: it is not asked for everything else", async () => {
        target.fault({ when: isMembersPage, from: 3, failure: { answer: { status: 501 } } });
        const people = await to().people();
        assert.equal(people.complete, false);
        assert.match(people.shortfalls.join(), /more lists were not asked for/);
        assert.ok(requests(/\/members$/) < 60);
      });

      it("a page that comes back empty once", async () => {
        target.fault({ when: isUserPage, from: 4, times: 1, failure: { answer: { status: 200, body: [] } } });
        await everybody({ concurrency: "1" });
      });

      it("pages that come back empty: noticed, for users and for members", async () => {
        const lost = (call: Call): boolean => Number(call.query.get("first")) > 300;
        target.fault({
          when: (call) => isUserPage(call) && lost(call),
          failure: { answer: { status: 200, body: [] } },
        });
        assert.equal((await to().users()).complete, false);
        target.reset();
        target.fault({
          when: (call) => isMembersPage(call) && lost(call),
          failure: { answer: { status: 200, body: [] } },
        });
        const lists = await (await to().groups()).toArray();
        const short = lists.filter(({ complete }) => !complete).map(({ path: at }) => at);
        assert.deepEqual(short, ["/data", "/data/analysts", "/everybody"]);
      });

      it("a page of users that lacks its end: noticed by the count", async () => {
        const all = await (await to().users({ includeDisabled: true })).toArray();
        const first = 3 * (PAGE - 1);
        const page = all.slice(first, first + PAGE / 2).map(({ id, username, enabled }) => ({ id, username, enabled }));
        target.reset();
        target.fault({
          when: (call) => isUserPage(call) && call.query.get("first") === String(first),
          failure: { answer: { status: 200, body: page } },
        });
        const users = await to().users();
        assert.match(users.shortfalls.join(), /Keycloak counts 2500 users, and its pages had 697 of them/);
      });

      it("an answer that is no page of users", async () => {
        target.fault({
          when: isUserPage,
          from: 2,
          failure: { answer: { status: 200, body: [{ id: "x", name: "ana" }] } },
        });
        const users = await to().users();
        assert.equal(users.complete, false);
        assert.match(users.shortfalls.join(), /does not understand.*username/);
      });
    });

    describe("errors that say what to do", () => {
      const error = async (settings: Record<string, string>, url = target.url): Promise<string> => {
        const failed = await readerOf(url, settings)
          .people()
          .then(
            () => undefined,
            (thrown: unknown) => thrown,
          );
        assert.ok(failed instanceof RosterError, "it is refused");
        for (const secret of [secretOf(settings["clientId"] ?? "reader"), "eyJ"]) {
          assert.ok(!failed.message.includes(secret), "no secret is told");
        }
        return failed.message;
      };

      it("for a realm that is not there", async () => {
        assert.match(await error({ realm: "compagny" }), /has no realm "compagny"[^]*Check the realm/);
      });

      it("for a client that is not there, is disabled, or has another secret", async () => {
        const wrong: Record<string, string>[] = [
          { clientId: "raeder" },
          { clientId: "off" },
          { clientSecret: "wrong-secret" },
        ];
        for (const settings of wrong) {
          assert.match(await error(settings), /refuses client "[^]*clientSecret is from the program/);
        }
      });

      it("for a client without a service account, and for a public one", async () => {
        assert.match(await error({ clientId: "accountless" }), /no service account[^]*Service accounts roles/);
        assert.match(await error({ clientId: "public" }), /is public[^]*Client authentication/);
      });

      it("for a client without roles", async () => {
        for (const clientId of [
          "powerless",
          "no-view-users",
          "only-query-users",
          "only-query-groups",
          "only-view-realm",
        ]) {
          assert.match(await error({ clientId }), /view-users/, clientId);
        }
      });

      it("for a client without view-users whose token does not tell", async () => {
        assert.match(await error({ clientId: "lightweight-blind" }), /shows none of the 2500 users[^]*view-users/);
      });

      it("for an address where something else answers", async () => {
        assert.match(
          await error({}, `${target.url}/elsewhere`),
          /does not answer like Keycloak[^]*with and without \/auth/,
        );
      });
    });

    describe("accounts that can do with less", () => {
      it("a token that does not tell its roles", async () => {
        assert.equal((await to({ clientId: "lightweight" }).users()).complete, true);
      });

      it("roles that view-users brings with it", async () => {
        for (const role of ["query-users", "query-groups"]) {
          const reader = to({ clientId: `no-${role}` });
          assert.equal((await reader.groups({ membersOf: ({ name }) => name === "junior" })).complete, true);
        }
      });

      it("view-realm is missed by name, and nothing is missing without it", async () => {
        const reader = to({ clientId: "no-view-realm" });
        assert.equal((await reader.users()).complete, true);
        assert.match(reader.warnings.join(), /view-realm/);
        assert.ok(ROLES.includes("view-realm"));
      });
    });

    describe("a realm that changes meanwhile", () => {
      it("somebody is deleted from the pages that were read: nobody is skipped", async () => {
        beforeThe([4], isUserPage, () => target.deleteUser("person-0009"));
        const users = await (await to({ concurrency: "1" }).users({ includeDisabled: true })).toArray();
        const names = new Set(users.map(({ username }) => username));
        const missing = expectedPeople(({ serviceAccountClientId }) => serviceAccountClientId === undefined).filter(
          ({ username }) => !names.has(username) && username !== "person-0009",
        );
        assert.deepEqual(missing, []);
      });

      it("a group is deleted before its members are read: it is not there, and the rest is complete", async () => {
        beforeThe([1], isMembersPage, () => target.deleteGroup("/data/analysts/junior"));
        const groups = await to().groups();
        const paths = (await groups.toArray()).map(({ path: at }) => at);
        assert.ok(!paths.includes("/data/analysts/junior"));
        assert.equal(paths.length, expectedGroups(isActive).length - 1);
        assert.equal(groups.complete, true);
      });

      it("a group is deleted with all that is in it while people are read", async () => {
        beforeThe([1], isMembersPage, () => target.deleteGroup("/sites"));
        const people = await to().people();
        assert.equal(people.complete, true);
        const seen = new Set((await people.toArray()).flatMap(({ groups }) => groups));
        assert.ok([...seen].every((at) => !at.startsWith("/sites")));
        assert.ok(seen.has("/everybody"));
      });
    });

    describe("after all of that", () => {
      it("asked for nothing but what Keycloak's specification has, and changed nothing", function () {
        const own = asked.filter((call) => !call.path.endsWith("/token") && !call.path.includes("/elsewhere"));
        assert.ok(own.length > 500);
        assert.deepEqual(
          own.filter(({ method }) => method !== "GET"),
          [],
        );
        if (!existsSync(SPEC)) skip(this, "the specification of Keycloak is not beside the repository");
        const { paths } = JSON.parse(readFileSync(SPEC, "utf8")) as Specification;
        const unknown = own.flatMap((call) => strangeIn(call, paths));
        assert.deepEqual([...new Set(unknown)], []);
      });
    });
  });
}

/** Pages of a list: they overlap by one, and one that is full is followed by another. */
function pages(entries: number): number {
  return entries < PAGE ? 1 : Math.floor((entries - 1) / (PAGE - 1)) + 1;
}

interface Specification {
  readonly paths: Readonly<Record<string, { get?: { parameters?: readonly { name: string; in: string }[] } }>>;
}

/** What a request has that the specification has not. */
function strangeIn({ path: asked, query }: Call, paths: Specification["paths"]): string[] {
  const fits = (template: string): boolean => new RegExp(`^${template.replace(/\{[^}]+\}/g, "[^/]+")}$`).test(asked);
  // `/users/count` fits `/users/{user-id}` too.
  const found = Object.keys(paths)
    .filter(fits)
    .sort((a, b) => a.split("{").length - b.split("{").length)[0];
  const get = found === undefined ? undefined : paths[found]?.get;
  if (get === undefined) return [asked];
  const known = (get.parameters ?? []).filter((each) => each.in === "query").map(({ name }) => name);
  return [...query.keys()].filter((name) => !known.includes(name)).map((name) => `${asked}?${name}`);
}
