import type { DynamicProvider } from "../../provider/core/dispatch.js";
import type Provider from "../../provider/index.js";

/** The provider as a process has it that Pulumi has just started: sessions and what the run has given are kept there. */
export function newProcess(): (token: string) => DynamicProvider {
  const [index, dispatch] = ["index", "core/dispatch"].map((name) => require.resolve(`../../provider/${name}.js`));
  for (const file of [index, dispatch]) {
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the cache is an object by file
    delete require.cache[String(file)];
  }
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() would give the module that was loaded before
  const provider = require(String(index)) as typeof Provider;
  return (token) => {
    const handler = provider(token);
    void handler.configure({ config: { get: () => undefined } });
    return handler;
  };
}
