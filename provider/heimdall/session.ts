import { requiredSetting, unfitSetting } from "../core/settingValues.js";
import type { Connection } from "../core/connections.js";
import { RosterError, asRosterError } from "../core/errors.js";
import { Gate } from "../core/gate.js";
import type { Session } from "../core/system.js";
import { applyTo, type Change } from "./changes.js";
import { describe, openClient, type Client } from "./client.js";
import { dataOf } from "./data.js";
import { writeBackup } from "./environmentFile.js";
import { expectHealthy } from "./health.js";
import { load } from "./load.js";
import { numberedIn, requestOf, shownChange } from "./requests.js";
import { restoreFiles, type RestoreFiles } from "./restores.js";
import { connections, type HeimdallSettings } from "./settings.js";
import { blankSnapshot, isLoaded, parts, type Snapshot } from "./snapshot.js";

/** Opens a session: lists are read while nothing is written, and changes go side by side. */
export function openSession(
  connection: Connection<HeimdallSettings>,
  dial: (connection: Connection<HeimdallSettings>) => Client = openClient,
): Session<Snapshot, Change> {
  let opened: { readonly client: Client; readonly restores: RestoreFiles } | undefined;
  let snapshot: Snapshot | undefined;
  /** Whether all was well before the first change; that is asked once, however often the environment is read. */
  let ready = false;
  const gate = new Gate();

  function open(): NonNullable<typeof opened> {
    opened ??= {
      client: dial(connection),
      restores: restoreFiles(
        requiredSetting(connections, connection, "restoreFolder"),
        requiredSetting(connections, connection, "url"),
      ),
    };
    return opened;
  }

  function blank({ restores }: NonNullable<typeof opened>): Snapshot {
    const made = blankSnapshot();
    for (const [key, restore] of restores.read()) made.restores.set(key, restore);
    made.connection = connection.name;
    made.recreate = flag("recreate");
    made.ready = ready;
    made.backup = (connection.settings.backupFolder.value ?? "") !== "";
    return made;
  }

  function flag(name: "recreate"): boolean {
    const { value } = connection.settings[name];
    if (value === "true" || value === "false") return value === "true";
    throw unfitSetting(connection, name, "true or false");
  }

  async function model(wanted: readonly string[] = []): Promise<Snapshot> {
    const current = (snapshot ??= blank(open()));
    // A group that is made again, and a backup, need the members too; nothing else of a whole environment does.
    const more = current.recreate || current.backup ? wanted.filter((part) => part === parts.groupRoles()) : [];
    const asked = [...wanted, ...more.map(() => parts.members())];
    if (asked.every((part) => isLoaded(current, part))) return current;
    await gate.alone(() => load(open().client, current, asked));
    return current;
  }

  async function apply(change: Change, current: Snapshot): Promise<void> {
    const { client, restores } = open();
    if (change.kind === "checkHealth") await expectHealthy(client);
    if (change.kind === "writeBackup") backUp(current);
    // Before the request that it is for, and after all that it is about.
    if (change.kind === "keepRestore") restores.write(change.restore);
    if (change.kind === "dropRestore") restores.remove(change.of, change.name);
    const request = requestOf(current, change);
    if (request?.shown?.includes("<id of ") === true) {
      throw new RosterError("Heimdall does not have it any more", { tried: shownChange(current, change) });
    }
    const id = request === undefined ? undefined : await client.write(request);
    applyTo(current, change, id);
    // What began anew meanwhile has read nothing yet, and is to know of it too.
    if (snapshot !== undefined && snapshot !== current) applyTo(snapshot, change, id);
    ready = current.ready;
  }

  /** Runs changes that go one after the other, once the numbers are known that the service has for what they change. */
  async function run(changes: readonly Change[]): Promise<void> {
    const needed = [...new Set(changes.flatMap(numberedIn))];
    for (let done = false; !done;) {
      const current = await model(needed);
      done = await gate.together(async () => {
        // Somebody else may have had everything forgotten while this waited for its turn.
        if (snapshot !== current) return false;
        for (const change of changes) await apply(change, current);
        return true;
      });
    }
  }

  function backUp(current: Snapshot): void {
    const { backupFolder, url } = connection.settings;
    writeBackup(backupFolder.value ?? "", url.value ?? "", dataOf(current, { members: true }), new Date());
  }

  return {
    description: describe(connection),
    model,
    forget() {
      snapshot = undefined;
    },
    run: (changes) =>
      run(changes).catch((error: unknown) => {
        throw asRosterError(error);
      }),
  };
}
