import assert from "node:assert/strict";
import fc from "fast-check";
import * as z from "zod";
import {
  configPath,
  connectionArgument,
  connectionName,
  howToSet,
  resolveConnection,
  variableName,
  type ConnectionSpec,
  type Setting,
  type SettingSources,
} from "../../../provider/core/connections.js";
import { RosterError } from "../../../provider/core/errors.js";
import { redact } from "../../../provider/core/redact.js";
import { UNKNOWN } from "../../../provider/core/unknown.js";

const settings = {
  host: { variable: "BIRDHOST" },
  port: { variable: "BIRDPORT", default: "7007" },
  token: { variable: "BIRDTOKEN", secret: true },
  sslRootCert: {},
} as const;
const spec: ConnectionSpec<typeof settings> = { defaultName: "birds", settings };

const NOWHERE: SettingSources = { environment: {}, config: undefined };

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof RosterError);
    return error.message;
  }
  assert.fail("nothing was thrown");
}

describe("resolveConnection", () => {
  const places: { source: string; give: (sources: SettingSources) => SettingSources; inProgram?: true }[] = [
    {
      source: "environment variable ROSTER_BIRDS_HOST",
      give: (of) => ({ ...of, environment: { ...of.environment, ROSTER_BIRDS_HOST: "from-own-variable" } }),
    },
    {
      source: "environment variable BIRDHOST",
      give: (of) => ({ ...of, environment: { ...of.environment, BIRDHOST: "from-known-variable" } }),
    },
    {
      source: "Pulumi config roster:connections.birds.host",
      give: (of) => ({ ...of, config: JSON.stringify({ birds: { host: "from-config" } }) }),
    },
    { source: "the program", give: (of) => of, inProgram: true },
  ];

  it("takes each setting from the first place that has it, and says which", () => {
    fc.assert(
      fc.property(fc.subarray(places), (given) => {
        const sources = given.reduce((all, { give }) => give(all), NOWHERE);
        const inProgram = given.some((place) => place.inProgram);
        const arg = inProgram ? { name: "birds", host: "from-program" } : undefined;
        assert.equal(resolveConnection(spec, arg, sources).settings.host.source, given[0]?.source ?? "not set");
      }),
    );
  });

  it("finds each setting by itself: one here, another there", () => {
    const sources = { environment: { BIRDHOST: "a" }, config: JSON.stringify({ birds: { token: "tok-1" } }) };
    const { settings: found } = resolveConnection(spec, { name: "birds", sslRootCert: "c" }, sources);
    assert.deepEqual(found, {
      host: { value: "a", source: "environment variable BIRDHOST" },
      port: { value: "7007", source: "the default" },
      token: { value: "tok-1", source: "Pulumi config roster:connections.birds.token" },
      sslRootCert: { value: "c", source: "the program" },
    } satisfies Record<string, Setting>);
  });

  it("takes the variables that everybody knows for the default connection only", () => {
    const environment = { BIRDHOST: "a", BIRDPORT: "1", BIRDTOKEN: "secret-of-the-default", ROSTER_BARN_PORT: "2" };
    const { settings: found } = resolveConnection(spec, "barn", { environment, config: undefined });
    assert.deepEqual(
      Object.values(found).map(({ value }) => value),
      [undefined, "2", undefined, undefined],
    );
  });

  it("takes an empty variable for one that is not set", () => {
    const environment = { ROSTER_BIRDS_HOST: "", BIRDHOST: "b" };
    assert.equal(resolveConnection(spec, undefined, { environment, config: "" }).settings.host.value, "b");
  });

  it("names the settings that are not known yet, and no others", () => {
    const arg = { name: "birds", host: UNKNOWN, token: UNKNOWN };
    assert.deepEqual(resolveConnection(spec, arg, NOWHERE).unknown, ["host", "token"]);
    const environment = { BIRDTOKEN: "known-all-the-same" };
    assert.deepEqual(resolveConnection(spec, arg, { environment, config: undefined }).unknown, ["host"]);
  });

  it("takes numbers in the config", () => {
    const config = JSON.stringify({ birds: { port: 9 } });
    assert.equal(resolveConnection(spec, undefined, { environment: {}, config }).settings.port.value, "9");
  });

  it("does not mind what other connections have, and finds nothing under a name that all objects have", () => {
    const config = JSON.stringify({ barn: { wingspan: "3" } });
    for (const name of ["birds", "constructor", "toString", "hasOwnProperty"]) {
      const connection = resolveConnection(spec, name, { environment: {}, config });
      assert.deepEqual(connection.settings.host, { value: undefined, source: "not set" });
    }
  });

  for (const strange of ["hots", "constructor", "toString"]) {
    it(`refuses the setting ${strange} in the config, and names those that there are`, () => {
      const config = JSON.stringify({ birds: { [strange]: "x" } });
      const message = messageOf(() => resolveConnection(spec, undefined, { environment: {}, config }));
      assert.match(message, new RegExp(`roster:connections\\.birds .*${strange}`));
      assert.match(message, /host, port, token, sslRootCert/);
    });
  }

  for (const [what, config] of [
    ["no JSON", "hunter2hunter2"],
    ["broken JSON", '{"birds":{"token":"hunter2hunter2"'],
    ["a text", '"hunter2hunter2"'],
    ["a list", '["hunter2hunter2"]'],
    ["nested", '{"birds":{"token":{"value":"hunter2hunter2"}}}'],
    ["flat", '{"token":"hunter2hunter2"}'],
    ["null", '{"birds":null,"barn":{"token":"hunter2hunter2"}}'],
  ] as const) {
    it(`refuses a config that is ${what}, without a word of what it holds`, () => {
      const message = messageOf(() => resolveConnection(spec, undefined, { environment: {}, config }));
      assert.match(message, /roster:connections is not an object of connections by name/);
      assert.match(message, /pulumi config set .*--path roster:connections\.birds\.host <value>/);
      assert.doesNotMatch(message, /hunter2|answer: +:/);
    });
  }

  it("keeps secrets out of messages, from wherever they come, and nothing else", () => {
    const environment = { ROSTER_BIRDS_TOKEN: "from-environment-7" };
    const config = JSON.stringify({ birds: { token: "from-config-7" } });
    resolveConnection(spec, { name: "birds", host: "a-host-name" }, { environment, config });
    resolveConnection(spec, undefined, { environment: {}, config });
    resolveConnection(spec, { name: "birds", token: "from-program-7" }, NOWHERE);
    resolveConnection(spec, { name: "birds", token: UNKNOWN }, NOWHERE);
    const text = `from-environment-7 from-config-7 from-program-7 a-host-name ${UNKNOWN}`;
    assert.equal(redact(text), `[secret] [secret] [secret] a-host-name ${UNKNOWN}`);
  });
});

describe("names of settings", () => {
  for (const [connection, setting, variable] of [
    ["postgres", "host", "ROSTER_POSTGRES_HOST"],
    ["warehouse-eu", "sslRootCert", "ROSTER_WAREHOUSE_EU_SSL_ROOT_CERT"],
    ["WareHouse", "sslrootcert", "ROSTER_WAREHOUSE_SSLROOTCERT"],
  ] as const) {
    it(`${variable} sets ${setting} of ${connection}`, () => {
      assert.equal(variableName(connection, setting), variable);
    });
  }

  it("tells how to set one: known variables for the default connection, --secret for secrets", () => {
    assert.equal(configPath("barn", "host"), "Pulumi config roster:connections.barn.host");
    assert.equal(
      howToSet(spec, "birds", "token"),
      "set the environment variable ROSTER_BIRDS_TOKEN or BIRDTOKEN, " +
        "or run: pulumi config set --secret --path roster:connections.birds.token <value>",
    );
    assert.equal(
      howToSet(spec, "barn", "host"),
      "set the environment variable ROSTER_BARN_HOST, or run: pulumi config set --path roster:connections.barn.host <value>",
    );
  });
});

describe("connectionArgument", () => {
  const schema = connectionArgument(spec);
  const reasons = (given: unknown): string => {
    const parsed = schema.safeParse(given);
    assert.equal(parsed.success, false);
    return parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
  };

  it("takes a name, a name with values, and nothing; numbers become texts", () => {
    assert.equal(schema.parse("barn"), "barn");
    assert.equal(schema.parse(undefined), undefined);
    assert.deepEqual(schema.parse({ name: "barn", port: 9 }), { name: "barn", port: "9" });
  });

  it("may be left out of an object", () => {
    assert.deepEqual(z.strictObject({ connection: schema }).parse({}), {});
  });

  it("leaves the default connection out, and changes nothing when parsed again", () => {
    for (const given of [undefined, "birds", "barn", { name: "birds", port: 1 }, { name: "barn" }]) {
      const parsed = schema.parse(given);
      assert.deepEqual(schema.parse(parsed), parsed);
      assert.equal(connectionName(spec, parsed), typeof given === "object" ? given.name : (given ?? "birds"));
    }
    assert.equal(schema.parse("birds"), undefined);
  });

  for (const [what, given, reason] of [
    ["a name with a space", "my barn", /must be letters, digits, - and _/],
    ["an empty name", "", /must be letters, digits, - and _/],
    ["a number", 5, /name/],
    ["null", null, /name/],
    ["a list", ["barn"], /name/],
    ["an object without a name", { host: "a" }, /name/],
    ["an object with a bad name", { name: "a.b" }, /name: must be letters, digits, - and _/],
    [
      "a setting that does not exist",
      { name: "barn", hots: "a" },
      /hots: did you mean host\? it can have host, port, token, sslRootCert/,
    ],
    ["a setting that is no text", { name: "barn", port: true }, /port: /],
  ] as const) {
    it(`says what is wrong with ${what}`, () => {
      assert.match(reasons(given), reason);
      assert.doesNotMatch(reasons(given), /Invalid input$/);
    });
  }
});
