import Module from "node:module";

/*
 * Loaded before Pulumi's own code. Pulumi loads in every process what it needs only to write functions of a program as
 * text (the TypeScript compiler, npm's Arborist and others), to run its command line (its automation) and to send traces,
 * which takes longer than all the rest of its loading. Here each is loaded when something of it is first asked for. And
 * stacks of errors are Node.js's own: Pulumi takes down where it is at every promise, and to look each line of that up in
 * source maps takes half of a program's time (programs in TypeScript are mapped by what compiles them). Nothing else is
 * different, and ROSTER_ENGINE_LATER=no leaves it all out: for a bench, say, which measures what Pulumi takes.
 */
const LATER =
  /^(@npmcli\/arborist|normalize-package-data|fdir|upath|js-yaml|semver|@opentelemetry\/(?!api$).+|\.\/automation)$|\/typescript-shim$/;
const PULUMI = /[\\/]node_modules[\\/]@pulumi[\\/]pulumi[\\/](?!.*[\\/]node_modules[\\/])/;

type Load = (
  this: unknown,
  request: string,
  parent: { readonly filename: string } | null,
  ...rest: unknown[]
) => unknown;

const modules = Module as unknown as { _load: Load };
const load = modules._load;

modules._load = function (request, parent, ...rest) {
  const now = (): unknown => load.call(this, request, parent, ...rest);
  if (!PULUMI.test(parent?.filename ?? "")) return now();
  if (request === "source-map-support/register") return {};
  return LATER.test(request) ? whenAsked(now) : now();
};

/** A module that is loaded by the first look at what it exports. Pulumi only ever takes exports from these by name. */
function whenAsked(now: () => unknown): unknown {
  return new Proxy(
    {},
    {
      // So that an import of everything copies nothing.
      get: (_, name): unknown => name === "__esModule" || named(now() as object, name),
    },
  );
}

/** An export by its name. As imports have it, the default of what is no ES module is all of it. */
function named(module: object, name: string | symbol): unknown {
  return name === "default" && !("__esModule" in module) ? module : (Reflect.get(module, name) as unknown);
}
