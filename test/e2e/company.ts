import { writeFileSync } from "node:fs";
import path from "node:path";
import type { PostgresServer } from "../postgres/server.js";
import {
  API_KEY,
  platformOf,
  startCivis,
  type CivisSandbox,
  type Execute,
  type Platform,
} from "../sandbox/civis/index.js";
import type { Engine } from "../engine/index.js";
import { groupSync, type Declaration } from "./declare.js";
import { scene, superuser } from "./scene.js";
import type { Workspace } from "./workspace.js";

const GIVEN = `
  CREATE ROLE data_analysts_group; CREATE ROLE svc_etl; CREATE ROLE left_over;
  CREATE ROLE ana LOGIN; CREATE ROLE rui LOGIN; CREATE ROLE mei LOGIN; CREATE ROLE zoe LOGIN;
  COMMENT ON ROLE data_analysts_group IS 'made by hand';
  GRANT data_analysts_group TO rui, zoe, svc_etl;`;
const TAKEN_BACK = `DROP ROLE data_analysts_group, svc_etl, left_over, ana, rui, mei, zoe;`;

/** What Platform has: zoe has left the company; there is no database user nobody. */
export const company = (): Platform =>
  platformOf(
    {
      "Data Analysts": ["ana", "rui", "zoe", "nobody"],
      "Data Engineers": ["mei", "rui"],
      "Not Mapped": ["ana"],
    },
    { away: ["zoe"] },
  );

/** As today's script spells it. */
export const CROSSWALK = `
- platform_group_name: Data Analysts
  platform_group_id:
  redshift_group_name: data_analysts_group
  notes: Standard read access for analysts
- platform_group_name: Data Engineers
  redshift_group_name: data_engineers_group
`;

/** The program of these tests. */
export const sync: Declaration[] = [groupSync("warehouse", { crosswalk: "crosswalk.yaml", ignoreUsers: ["svc_*"] })];

const NO_DATABASE: Execute = () => Promise.reject(new Error("Platform has no database here"));

/** A Platform with the company in it, which each test finds as it was. */
export function startCompany(databases: { readonly execute?: () => Execute } = {}): {
  readonly civis: () => CivisSandbox;
} {
  let civis: CivisSandbox;
  before(async () => {
    const execute: Execute = async (...asked) => (databases.execute?.() ?? NO_DATABASE)(...asked);
    civis = await startCivis(company(), { execute });
  });
  beforeEach(() => {
    civis.reset();
    Object.assign(civis.platform, company());
  });
  after(() => civis.close());
  return { civis: () => civis };
}

/** Runs a test in a project with the crosswalk beside the program, and a database with the company's users. */
export async function inCompany(
  engine: Engine,
  civis: CivisSandbox,
  act: (workspace: Workspace, db: PostgresServer) => Promise<void>,
): Promise<void> {
  await scene(
    {
      engine,
      given: GIVEN,
      takenBack: TAKEN_BACK,
      env: (db) => ({
        ...superuser(db),
        CIVIS_API_ENDPOINT: civis.url,
        CIVIS_API_KEY: API_KEY,
        ROSTER_CIVIS_OVERALL_TIMEOUT: "1",
        ROSTER_CIVIS_SILENCE_TIMEOUT: "0.5",
      }),
    },
    async (workspace, db) => {
      writeFileSync(path.join(workspace.folder, "crosswalk.yaml"), CROSSWALK);
      await act(workspace, db);
    },
  );
}
