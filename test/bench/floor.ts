import { isDeepStrictEqual } from "node:util";
import { formatId } from "../../provider/core/names.js";

/*
 * The engine's floor: the provider of a package that is called pulumi-roster in the bench program's own node_modules,
 * so that the same program sends the same inputs and the same `__provider` text to handlers that do nothing.
 */

type Properties = Readonly<Record<string, unknown>>;

/** Natural ids, as ours are. */
const KEYS: Readonly<Record<string, readonly string[] | undefined>> = {
  "postgres.GroupMembership": ["group", "member"],
};

/** What a program of Roster's sends and its handlers take out again. */
function kept(properties: Properties): Record<string, unknown> {
  const { __dryRun: _dryRun, __instance: _instance, __provider: _provider, ...rest } = properties;
  return rest;
}

function provider(token: string): object {
  const idOf = (inputs: Properties): string => formatId((KEYS[token] ?? ["name"]).map((part) => String(inputs[part])));
  return {
    check: (_olds: Properties, news: Properties) => Promise.resolve({ inputs: kept(news), failures: [] }),
    diff: (_id: string, olds: Properties, news: Properties) =>
      Promise.resolve({
        changes: !isDeepStrictEqual(kept(olds), kept(news)),
        replaces: [],
        deleteBeforeReplace: false,
      }),
    create: (inputs: Properties) => Promise.resolve({ id: idOf(inputs), outs: kept(inputs) }),
    read: (id: string, props: Properties) => Promise.resolve({ id, props: kept(props), inputs: kept(props) }),
    update: (_id: string, _olds: Properties, news: Properties) => Promise.resolve({ outs: kept(news) }),
    delete: () => Promise.resolve(),
  };
}

export = provider;
