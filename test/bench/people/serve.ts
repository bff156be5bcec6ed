// Keycloak with a company and Glean, in a process of their own, so that what they take is not taken from what is measured.
import { startRealm } from "../../contract/keycloak/companyRealm.js";
import { startGlean } from "../../sandbox/glean/index.js";
import { EXPORTER, SECRET, employee, has, usernameOf } from "../../sandbox/keycloak/company.js";

/** What this process is told: to count, or to give one in a hundred another title first. */
export type Ask = "count" | "change";

/** What it says. */
export interface Served {
  /** Requests since it was asked the last time. */
  readonly keycloak: number;
  readonly glean: number;
  /** Who is in Glean. */
  readonly people: number;
  /** Who was given another title, and is one of those who are in Glean. */
  readonly changed: number;
}

async function serve(people: number, real: boolean): Promise<void> {
  const realm = await startRealm(people, real);
  const glean = await startGlean({ limits: undefined, keepCalls: false });
  const seen = { keycloak: 0, glean: 0 };

  async function change(): Promise<number> {
    let changed = 0;
    for (let number = 2; number < people; number += 100) {
      await realm.setAttributes(usernameOf(number), { ...employee(number).attributes, title: ["Lead"] });
      if (!has("disabled", number) && !has("noEmail", number)) changed += 1;
    }
    return changed;
  }

  process.on("message", (ask: Ask) => {
    void (ask === "change" ? change() : Promise.resolve(0)).then((changed) => {
      const now = { keycloak: realm.count(), glean: glean.count() };
      const since = { keycloak: now.keycloak - seen.keycloak, glean: now.glean - seen.glean };
      Object.assign(seen, now);
      process.send?.({ ...since, people: glean.people.size, changed } satisfies Served);
    });
  });
  process.on("disconnect", () => void realm.close().then(() => process.exit()));
  process.send?.({
    KEYCLOAK_BASE_URL: realm.url,
    KEYCLOAK_REALM: "company",
    KEYCLOAK_CLIENT_ID: EXPORTER,
    KEYCLOAK_CLIENT_SECRET: SECRET,
    ...glean.env,
  });
}

void serve(Number(process.argv[2]), process.argv[3] === "real");
