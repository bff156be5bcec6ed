import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { CliError } from "./errors";
import { settingsFile } from "./project";
import { Crypter, passphrase } from "./secrets";
import { encrypted, loadResource, newManifest, shown, storeResource, verifyDeployment, type Deployment } from "./state";
import { isStackUrn, stackType } from "./urn";
import { blind, plain, type Value } from "./values";
import { stackName, type Workspace } from "./workspace";

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** `stack init`. */
export async function stackInit(workspace: Workspace, name: string | undefined): Promise<void> {
  const given = name ?? workspace.selected();
  if (!given) throw new CliError("missing stack name");
  const stack = stackName(given, workspace.project.name);
  await workspace.backend.create(stack);
  workspace.select(stack);
  await workspace.crypter();
  print(`Created stack '${stack}'`);
}

/** `stack select`. */
export async function stackSelect(workspace: Workspace, name: string | undefined, create: boolean): Promise<void> {
  const given = name ?? workspace.selected();
  if (!given) throw new CliError("no stack given to select");
  const stack = stackName(given, workspace.project.name);
  if (create && !workspace.backend.list().includes(stack)) return stackInit(workspace, stack);
  workspace.backend.read(stack);
  workspace.select(stack);
}

/** `stack ls`. */
export function stackList(workspace: Workspace, json: boolean): void {
  const current = workspace.selected();
  const stacks = workspace.backend.list().map((name) => {
    const { resources = [], manifest } = workspace.backend.read(name);
    return {
      name,
      current: name === current,
      lastUpdate: manifest.time,
      updateInProgress: false,
      resourceCount: resources.length,
    };
  });
  if (json) {
    print(JSON.stringify(stacks, null, 2));
    return;
  }
  const rows = [
    ["NAME", "LAST UPDATE", "RESOURCE COUNT"],
    ...stacks.map((stack) => [
      `${stack.name}${stack.current ? "*" : ""}`,
      stack.lastUpdate,
      String(stack.resourceCount),
    ]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  for (const row of rows)
    print(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    );
}

/** `stack rm`. */
export function stackRemove(
  workspace: Workspace,
  name: string | undefined,
  force: boolean,
  preserveConfig: boolean,
): void {
  const stack = name ? stackName(name, workspace.project.name) : workspace.stack;
  const unlock = workspace.backend.lock(stack);
  try {
    const { resources = [] } = workspace.backend.read(stack);
    if (resources.length > 0 && !force) {
      throw new CliError(
        `'${stack}' still has resources; removal rejected. Possible actions:\n` +
          "- Make sure that the stack is the one that you want to destroy\n" +
          "- Run `pulumi destroy` to delete the resources, then run `pulumi stack rm`\n" +
          "- Run `pulumi stack rm --force` to override this error",
      );
    }
    workspace.backend.remove(stack);
    if (!preserveConfig) rmSync(settingsFile(workspace.project, stack), { force: true });
    if (workspace.selected() === stack) workspace.select(undefined);
  } finally {
    unlock();
  }
  print(`Stack '${stack}' has been removed!`);
}

/** What decrypts the secrets of a state. */
async function readerOf(deployment: Deployment): Promise<Crypter | undefined> {
  const salt = deployment.secrets_providers?.state?.salt;
  return salt === undefined ? undefined : Crypter.open(passphrase(), salt);
}

/** `stack export`. */
export async function stackExport(
  workspace: Workspace,
  options: { showSecrets?: boolean; file?: string },
): Promise<void> {
  const deployment = workspace.backend.read(workspace.stack);
  const exported = options.showSecrets ? await withSecretsShown(deployment) : deployment;
  const text = `${JSON.stringify({ version: 3, deployment: exported }, null, 4)}\n`;
  if (options.file) writeFileSync(options.file, text);
  else process.stdout.write(text);
}

async function withSecretsShown(deployment: Deployment): Promise<object> {
  const reader = await readerOf(deployment);
  const show = (resource: Parameters<typeof loadResource>[0]): object =>
    storeResource(loadResource(resource, reader), shown);
  const { resources, pending_operations: pending } = deployment;
  return {
    ...deployment,
    ...(resources && { resources: resources.map(show) }),
    ...(pending && { pending_operations: pending.map(({ resource, type }) => ({ resource: show(resource), type })) }),
  };
}

/** `stack import`. */
export async function stackImport(workspace: Workspace, options: { file?: string }): Promise<void> {
  const content = JSON.parse(readFileSync(options.file ?? 0, "utf8")) as { version?: number; deployment?: Deployment };
  if (content.version !== 3 || content.deployment === undefined) {
    throw new CliError("could not import: this engine knows deployments of version 3");
  }
  const { deployment } = content;
  verifyDeployment(deployment);
  for (const { urn } of deployment.resources ?? []) {
    if (!urn.startsWith(`urn:pulumi:${workspace.stack}::${workspace.project.name}::`)) {
      throw new CliError(`resource '${urn}' is for a different stack or project; import it with the names that it has`);
    }
  }
  const unlock = workspace.backend.lock(workspace.stack);
  try {
    workspace.backend.read(workspace.stack);
    await workspace.backend.write(workspace.stack, JSON.stringify(await reencrypted(workspace, deployment)));
  } finally {
    unlock();
  }
  print("Import complete.");
}

/** A state with its secrets under this stack's key, whatever key they had. */
async function reencrypted(workspace: Workspace, deployment: Deployment): Promise<object> {
  const reader = await readerOf(deployment);
  const crypter = await workspace.crypter();
  const store = (resource: Parameters<typeof loadResource>[0]): object =>
    storeResource(loadResource(resource, reader), encrypted(crypter));
  const { resources, pending_operations: pending } = deployment;
  return {
    ...deployment,
    manifest: newManifest(),
    secrets_providers: { type: "passphrase", state: { salt: crypter.state } },
    ...(resources && { resources: resources.map(store) }),
    ...(pending && { pending_operations: pending.map(({ resource, type }) => ({ resource: store(resource), type })) }),
  };
}

/** `stack output`. */
export async function stackOutput(
  workspace: Workspace,
  name: string | undefined,
  options: { json?: boolean; showSecrets?: boolean },
): Promise<void> {
  const deployment = workspace.backend.read(workspace.stack);
  const stack = (deployment.resources ?? []).find(({ urn, type }) => type === stackType && isStackUrn(urn));
  const loaded = stack && loadResource(stack, await readerOf(deployment));
  const show = (value: Value): Value => (options.showSecrets ? plain(value) : blind(value));
  const outputs = Object.fromEntries(
    Object.entries(loaded?.outputs ?? {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [key, show(value)]),
  );
  if (name !== undefined) {
    const value = outputs[name];
    if (value === undefined) throw new CliError(`current stack does not have output property '${name}'`);
    print(options.json ? JSON.stringify(value, null, 2) : asText(value));
    return;
  }
  if (options.json) {
    print(JSON.stringify(outputs, null, 2));
    return;
  }
  const names = Object.keys(outputs);
  if (names.length === 0) {
    print("No output values currently in this stack");
    return;
  }
  const width = Math.max("OUTPUT".length, ...names.map((key) => key.length));
  print(`Current stack outputs (${String(names.length)}):\n    ${"OUTPUT".padEnd(width)}  VALUE`);
  for (const key of names) print(`    ${key.padEnd(width)}  ${asText(outputs[key] ?? null)}`);
}

function asText(value: Value): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
