import * as pulumi from "@pulumi/pulumi";

interface Given {
  readonly given: Readonly<Record<string, string>>;
}

/** Loads the provider from the test's project, as the package's own resources load theirs. */
const TEXT = 'exports.handler=()=>require(process.cwd()+"/maker.js").provider';

/**
 * Stands for what another provider makes, a database server with an address and a password: its outputs are what it
 * was given, and not known before it is made or changed.
 */
export class Maker extends pulumi.CustomResource {
  declare readonly host: pulumi.Output<string>;
  declare readonly user: pulumi.Output<string>;
  declare readonly password: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;

  constructor(name: string, args: Given, options?: pulumi.CustomResourceOptions) {
    const outputs = { host: undefined, user: undefined, password: undefined, name: undefined };
    super(
      "pulumi-nodejs:dynamic/e2e:Maker",
      name,
      { ...outputs, ...args, __provider: TEXT },
      {
        ...options,
        additionalSecretOutputs: ["given", "password"],
      },
    );
  }
}

type Outputs = Given & Readonly<Record<string, unknown>>;

/** What Pulumi's provider process calls for it. */
export const provider: Required<pulumi.dynamic.ResourceProvider<Given, Outputs>> = {
  configure: () => Promise.resolve(),
  check: (_olds, news) => Promise.resolve({ inputs: news }),
  diff: (_id, olds, news) => Promise.resolve({ changes: JSON.stringify(olds.given) !== JSON.stringify(news.given) }),
  create: (news) => Promise.resolve({ id: "made", outs: { ...news, ...news.given } }),
  read: (id, props) => Promise.resolve({ id, props }),
  update: (_id, _olds, news) => Promise.resolve({ outs: { ...news, ...news.given } }),
  delete: () => Promise.resolve(),
};
