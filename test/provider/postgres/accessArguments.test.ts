import assert from "node:assert/strict";
import { parseArguments } from "../../../provider/core/arguments.js";
import { accessSchema } from "../../../provider/postgres/accessArguments.js";

describe("a misspelt key in an Access", () => {
  const problems = (given: Record<string, unknown>): string[] => {
    const definition = { token: "postgres.Access", schema: accessSchema, incomparable: [], validate: () => [] };
    return parseArguments(definition, { name: "company", ...given }).failures.map(({ reason }) => reason);
  };
  const target = (given: object): string => JSON.stringify(given);

  it("of a grant is told with what is granted to whom, and once for all databases", () => {
    assert.deepEqual(
      problems({
        grants: {
          "": { [target({ database: "sales", on: "table", schema: "app", privileges: ["SELECT"] })]: "ana\nrui\n" },
          sales: { [target({ on: "database", privilege: ["CONNECT"] })]: "ana\n" },
          stock: { [target({ on: "database", privilege: ["CONNECT"] })]: "ana\n" },
        },
      }),
      [
        'grants: SELECT on table in schema "app" to "ana", "rui": "database" is not known in a grant: did you mean ' +
          "databases? it can have to, databases, on, schema, objects, columns, privileges, grantOption, future, exact",
        'grants: privileges on database of "sales", "stock" to "ana": privileges: is required',
        'grants: privileges on database of "sales", "stock" to "ana": "privilege" is not known in a grant: did you ' +
          "mean privileges? it can have to, databases, on, schema, objects, columns, privileges, grantOption, future, exact",
      ],
    );
  });

  it("of a grantee, a member, a user, a group, a database and a schema is told with the name", () => {
    for (const [given, expected] of [
      [
        { grants: { d: { [target({ on: "database", privileges: ["ALL"] })]: 'ana\t{"untill":"2027-01-31"}\n' } } },
        /^grants: "ana": "untill" is not known in a grantee: did you mean until\? it can have name, until$/,
      ],
      [
        { members: { staff: 'ana\t{"admni":true}\n' } },
        /^members: staff: "ana" \(entry 1\): "admni" is not known in a member: did you mean admin\? it can have name, admin, /,
      ],
      [
        { users: 'ana\t{"createDB":true}\n' },
        /^users: "ana": "createDB" is not known in a user: did you mean createdb\? it can have name, password, /,
      ],
      [
        { users: 'ana\t{"pasword":"hunter2"}\n' },
        /^users: "ana": "pasword" is not known in a user: did you mean password\? it can have name, password, (?!.*hunter2)/,
      ],
      [
        { groups: 'staff\t{"member":["ana"]}\n' },
        /^groups: "staff": "member" is not known in a group: did you mean members\? it can have members, as, /,
      ],
      [
        { databases: 'sales\t{"ower":"ana"}\n' },
        /^databases: "sales": "ower" is not known in a database: did you mean owner\? it can have name, owner, /,
      ],
      [
        { schemas: { sales: 'app\t{"ower":"ana"}\n' } },
        /^schemas: "app": "ower" is not known in a schema: did you mean owner\? it can have name, owner, comment, onRemove$/,
      ],
      [
        { defaultPrivileges: { d: { [target({ oner: "ana", on: "table", privileges: ["ALL"] })]: "rui\n" } } },
        /^defaultPrivileges: ALL on table of "d" to "rui": "oner" is not known in default privileges: did you mean owner\? it can have to, databases, owner, /,
      ],
    ] as const) {
      const [first, ...more] = problems(given).filter((text) => !text.endsWith("is required"));
      assert.match(first ?? "", expected);
      assert.deepEqual(more, []);
    }
  });
});
