import { readFileSync } from "node:fs";
import { fullKey, setConfig, splitPath, textOf, withoutConfig } from "./config";
import { CliError } from "./errors";
import type { Workspace } from "./workspace";

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** `config set`. */
export async function configSet(
  workspace: Workspace,
  key: string,
  value: string | undefined,
  options: { secret?: boolean; path?: boolean },
): Promise<void> {
  const text = value ?? readFileSync(0, "utf8").replace(/\r?\n$/, "");
  // A salt may be made on the way, and it is kept in the same file: read that afterwards.
  const crypter = options.secret ? await workspace.crypter() : undefined;
  const settings = workspace.settings();
  const config = { ...settings.config };
  setConfig(config, place(workspace, key, options), text, crypter);
  workspace.save({ ...settings, config });
}

function place(workspace: Workspace, key: string, options: { path?: boolean }): ReturnType<typeof splitPath> {
  return options.path
    ? splitPath(workspace.project.name, key)
    : { key: fullKey(workspace.project.name, key), path: [] };
}

/** `config rm`. */
export function configRemove(workspace: Workspace, key: string, options: { path?: boolean }): void {
  const settings = workspace.settings();
  workspace.save({ ...settings, config: withoutConfig(settings.config ?? {}, place(workspace, key, options)) });
}

/** `config get`. */
export async function configGet(
  workspace: Workspace,
  key: string,
  options: { path?: boolean; json?: boolean },
): Promise<void> {
  const { key: name, path } = place(workspace, key, options);
  const found = workspace.config(await workspace.crypter())[name];
  const value = path.reduce<unknown>(
    (node, step) => (node as Record<string, unknown> | undefined)?.[step],
    found?.object ?? found?.text,
  );
  if (found === undefined || value === undefined) {
    throw new CliError(`configuration key '${key}' not found for stack '${workspace.stack}'`);
  }
  const text = textOf(value);
  print(options.json ? JSON.stringify({ value: text, secret: found.secret }, null, 2) : text);
}

/** `config`, which lists. */
export async function configList(
  workspace: Workspace,
  options: { json?: boolean; showSecrets?: boolean },
): Promise<void> {
  const config = workspace.config(await workspace.crypter());
  const entries = Object.entries(config).map(([key, { text, secret, object }]): [string, object] => {
    const hidden = secret && !options.showSecrets;
    return [key, { ...(!hidden && { value: text, ...(object !== undefined && { objectValue: object }) }), secret }];
  });
  if (options.json) {
    print(JSON.stringify(Object.fromEntries(entries), null, 2));
    return;
  }
  const names = Object.keys(config).map((key) => key.replace(`${workspace.project.name}:`, ""));
  const width = Math.max("KEY".length, ...names.map((key) => key.length));
  print(`${"KEY".padEnd(width)}  VALUE`);
  Object.values(config).forEach(({ text, secret }, index) => {
    print(`${(names[index] ?? "").padEnd(width)}  ${secret && !options.showSecrets ? "[secret]" : text}`);
  });
}
