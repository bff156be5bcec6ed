import Module from "node:module";

/*
 * Loaded before Pulumi's own code. Pulumi loads the TypeScript compiler and npm's Arborist in every process, which takes
 * longer than all the rest of its loading, and needs them only to write functions of a program as text. Here each is
 * loaded when something of it is first asked for. Nothing else is different, and ROSTER_ENGINE_LATER=no leaves it out:
 * for a bench, say, which measures what Pulumi takes.
 */
const LATER = /(^@npmcli\/arborist|\/typescript-shim)$/;

type Load = (this: unknown, request: string, ...rest: unknown[]) => unknown;

const modules = Module as unknown as { _load: Load };
const load = modules._load;

modules._load = function (request, ...rest) {
  const now = (): unknown => load.call(this, request, ...rest);
  return LATER.test(request) ? whenAsked(now) : now();
};

/** A module that is loaded by the first look at what it exports. Pulumi only ever takes exports from these by name. */
function whenAsked(now: () => unknown): unknown {
  return new Proxy(
    {},
    {
      // So that an import of everything copies nothing.
      get: (_, name): unknown => name === "__esModule" || Reflect.get(now() as object, name),
    },
  );
}
