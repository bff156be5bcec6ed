import * as pulumi from "@pulumi/pulumi";

/**
 * Stands for what another provider makes: a database server (`new aws.rds.Instance(...)`). Nobody knows its address and
 * its password before it is there, in the first preview least of all.
 */
export class DatabaseInstance extends pulumi.dynamic.Resource {
  /** Where it listens. */
  declare readonly host: pulumi.Output<string>;
  declare readonly port: pulumi.Output<string>;
  /** The account that may do everything. */
  declare readonly user: pulumi.Output<string>;
  declare readonly password: pulumi.Output<string>;

  constructor(name: string, options?: pulumi.CustomResourceOptions) {
    const outputs = { host: undefined, port: undefined, user: undefined, password: undefined };
    super({ create }, name, outputs, { ...options, additionalSecretOutputs: ["password"] });
  }
}

/** The server is here already, started by whoever tells this story. */
function create(): Promise<pulumi.dynamic.CreateResult> {
  const { ORDERS_HOST: host, ORDERS_PORT: port, ORDERS_USER: user, ORDERS_PASSWORD: password } = process.env;
  return Promise.resolve({ id: "orders", outs: { host, port, user, password } });
}
