// `npm run bench`: what Roster costs, beside what the engine alone and others cost.
import { writeFileSync } from "node:fs";
import { findEngine, type Engine } from "../engine/index.js";
import { civisTable, civisTargets, measureCivis } from "./civis/measure.js";
import { COLUMNS } from "./columns/index.js";
import type { Column } from "./contestant.js";
import { databricksTable, databricksTargets, measureDatabricks } from "./databricks/measure.js";
import { growthTable, measureGrowth } from "./growth.js";
import { keycloakTable, keycloakTargets, measureKeycloak } from "./keycloak/measure.js";
import { directoryTable, directoryTargets, measureDirectory } from "./glean/measure.js";
import { heimdallTable, heimdallTargets, measureHeimdall } from "./heimdall/measure.js";
import { describeSurroundings, surroundings } from "./machine.js";
import { closeAll, compare } from "./measure.js";
import { NO_MEMORY } from "./memory.js";
import { HELP, readOptions, type Options } from "./options.js";
import { NO_KEYCLOAK, measurePeople, peopleTable, peopleTargets } from "./people/measure.js";
import { countTable, processorTable, rowData, sizeTable, timeTable, type Row } from "./report.js";
import { measureRedshift, redshiftTable, redshiftTargets, type RedshiftRow } from "./redshift.js";
import { measureServer, serverTable, serverTargets } from "./server/measure.js";
import { describeServer } from "./server/workload.js";
import { comparisonTargets, growthTargets, targetTable, type Target } from "./targets.js";
import { describeSize, type Size } from "./workload.js";

const ORDINARY: Size = { users: 200, groups: 20, memberships: 500 };
const LARGE: Size = { users: 10_000, groups: 500, memberships: 50_000 };

/** What a realm of Keycloak takes to read: no column beside others, but asked for like one. */
const KEYCLOAK = "keycloak";
/** What it takes to keep groups as Civis Platform says, likewise. */
const CIVIS = "civis";
/** A directory of Glean, asked for in the same way. */
const GLEAN = "glean";
/** From the one to the other, in the same way. */
const PEOPLE = "people";
/** Groups and memberships of Redshift, in the same way. */
const REDSHIFT = "redshift";
/** A whole server in one resource; on demand, as the large workload is. */
const SERVER = "server";
const WHOLE_SERVER = { users: 500, databases: 20 };
const MANY_PEOPLE = 100_000;
const FEW_PEOPLE = 10_000;
/** The part that makes environments of Heimdall. */
const HEIMDALL = "heimdall";
/** The part that grants a data product's tables on Databricks. */
const DATABRICKS = "databricks";

/** A quick bench begins nothing that it would not end within ten minutes. */
const QUICK_MS = 9 * 60_000;

/** What one part of the bench came to. */
interface Part {
  readonly title: string;
  readonly data: object;
  readonly targets: readonly Target[];
}

class Bench {
  private readonly engine: Engine = findEngine();
  private readonly deadline: number;
  private readonly columns: readonly Column[];
  private readonly leftOut: readonly { readonly column: string; readonly reason: string }[];

  constructor(private readonly options: Options) {
    this.deadline = options.quick ? performance.now() + QUICK_MS : Infinity;
    const asked = COLUMNS.filter(({ name }) => options.columns?.includes(name) ?? true);
    const found = asked.map((column) => ({ column, reason: column.absent() }));
    this.columns = found.filter(({ reason }) => reason === undefined).map(({ column }) => column);
    this.leftOut = found.flatMap(({ column, reason }) =>
      reason === undefined ? [] : [{ column: column.name, reason }],
    );
  }

  async run(): Promise<void> {
    const where = surroundings(this.engine, this.columns);
    console.log(describeSurroundings(where));
    for (const { column, reason } of this.leftOut) console.log(`Left out: ${column}, as ${reason}.`);
    if (NO_MEMORY !== undefined) console.log(`Left out: the provider's peak memory, as ${NO_MEMORY}.`);
    const parts = await this.parts();
    const targets = parts.flatMap((part) => part.targets);
    if (this.options.json === undefined) return;
    const data = {
      date: new Date().toISOString(),
      ...where,
      leftOut: this.leftOut,
      parts: parts.map(({ title, data: measured }) => ({ title, ...measured })),
      targets,
    };
    writeFileSync(this.options.json, `${JSON.stringify(data, undefined, 2)}\n`);
  }

  private async parts(): Promise<Part[]> {
    const { quick, large, runs } = this.options;
    const parts: Part[] = [];
    const bulk = this.columns.find(({ name }) => name === "bulk");
    // In a quick bench first, so that what is left of the time goes to the comparison.
    if (bulk !== undefined) parts.push(await this.growth(bulk, runs ?? (quick ? 1 : 3)));
    if (this.columns.length > 0) parts.push(await this.comparison(ORDINARY, this.columns, runs ?? (quick ? 3 : 5)));
    if (this.options.columns?.includes(KEYCLOAK) ?? true) parts.push(await this.keycloak());
    if (this.options.columns?.includes(CIVIS) ?? true) parts.push(await this.civis());
    if (this.options.columns?.includes(GLEAN) ?? true) parts.push(await this.glean());
    if (this.options.columns?.includes(PEOPLE) ?? true) parts.push(await this.people());
    if (this.options.columns?.includes(HEIMDALL) ?? true) parts.push(await this.heimdall());
    if (this.options.columns?.includes(DATABRICKS) ?? true) parts.push(await this.databricks());
    if (this.options.columns?.includes(REDSHIFT) ?? true) parts.push(await this.redshift());
    if (this.options.columns?.includes(SERVER) ?? large) parts.push(await this.server());
    const many = this.columns.filter((column) => column.large);
    if (large) parts.push(await this.comparison(LARGE, many, runs ?? 3));
    return parts;
  }

  private async growth(column: Column, runs: number): Promise<Part> {
    const title = `Growth of ${column.title}`;
    headline(title);
    const growth = await measureGrowth(this.engine, column, { runs, deadline: this.deadline, report });
    const targets = growthTargets(growth);
    print(growthTable(growth), targetTable(targets));
    const [empty, ...sizes] = [{ size: undefined, results: growth.empty }, ...growth.sizes].map(
      ({ size, results }) => ({
        size,
        ...rowData(results),
      }),
    );
    return { title, data: { ...growth, empty, sizes }, targets };
  }

  private async civis(): Promise<Part> {
    const title = "Groups of Civis Platform";
    headline(title);
    const syncs = await measureCivis(this.engine, report);
    const targets = civisTargets(syncs);
    print(civisTable(syncs), targetTable(targets));
    return { title, data: { syncs }, targets };
  }

  private async keycloak(): Promise<Part> {
    const title = "Reading Keycloak";
    headline(title);
    const readings = await measureKeycloak(report);
    const targets = keycloakTargets(readings);
    print(keycloakTable(readings), targetTable(targets));
    return { title, data: { readings }, targets };
  }

  private async glean(): Promise<Part> {
    const title = "A directory of Glean";
    headline(title);
    const runs = await measureDirectory(this.engine, this.options.quick ? FEW_PEOPLE : MANY_PEOPLE, report);
    const targets = directoryTargets(runs);
    print(directoryTable(runs), targetTable(targets));
    return { title, data: { runs }, targets };
  }

  private async people(): Promise<Part> {
    const title = "From Keycloak to Glean";
    headline(title);
    if (NO_KEYCLOAK !== undefined) console.log(`Left out: a real Keycloak, as ${NO_KEYCLOAK}.`);
    const runs = await measurePeople(this.engine, report);
    const targets = peopleTargets(runs);
    print(peopleTable(runs), targetTable(targets));
    return { title, data: { runs }, targets };
  }

  private async heimdall(): Promise<Part> {
    const title = "Environments of Heimdall";
    headline(title);
    const results = await measureHeimdall(report);
    const targets = heimdallTargets(results);
    print(heimdallTable(results), targetTable(targets));
    return { title, data: { results }, targets };
  }

  private async databricks(): Promise<Part> {
    const title = "Grants on Databricks";
    headline(title);
    const reading = await measureDatabricks(this.engine, report);
    const targets = databricksTargets(reading);
    print(databricksTable(reading), targetTable(targets));
    return { title, data: { reading }, targets };
  }

  private async redshift(): Promise<Part> {
    const title = "Groups and memberships of Amazon Redshift, at the gate";
    headline(title);
    const rows: RedshiftRow[] = [];
    for (const size of this.options.quick ? [ORDINARY] : [ORDINARY, LARGE]) rows.push(...(await measureRedshift(size)));
    const targets = redshiftTargets(rows);
    print(redshiftTable(rows), targetTable(targets));
    return { title, data: { rows }, targets };
  }

  private async server(): Promise<Part> {
    const title = `A whole server: ${describeServer(WHOLE_SERVER)}`;
    headline(title);
    const results = await measureServer(this.engine, WHOLE_SERVER, report);
    const targets = serverTargets(results);
    print(serverTable(results), targetTable(targets));
    return { title, data: { results }, targets };
  }

  private async comparison(size: Size, columns: readonly Column[], runs: number): Promise<Part> {
    const title = describeSize(size);
    headline(title);
    const entries = columns.map((column) => ({ title: column.title, column, size }));
    const results = await compare({ engine: this.engine, entries, runs, deadline: this.deadline, report });
    const rows = entries
      .map((entry): Row => ({ ...entry.column, results: results.get(entry) ?? [] }))
      .filter((row) => row.results.length > 0);
    const targets = comparisonTargets(rows, size);
    const tables = [timeTable(rows), processorTable(rows), countTable(rows), sizeTable(rows)];
    print(...tables.filter((each) => each !== undefined), ...(targets.length > 0 ? [targetTable(targets)] : []));
    const measured = rows.map((row) => [row.name, rowData(row.results)] as const);
    return { title, data: { size, columns: Object.fromEntries(measured) as object }, targets };
  }
}

function headline(text: string): void {
  console.log(`\n== ${text}\n`);
}

function print(...tables: readonly string[]): void {
  console.log(`\n${tables.join("\n\n")}`);
}

/** What is going on goes where it does not get into a file with the tables. */
function report(text: string): void {
  console.error(text);
}

async function main(): Promise<void> {
  const parts = [KEYCLOAK, CIVIS, GLEAN, PEOPLE, HEIMDALL, DATABRICKS, REDSHIFT, SERVER];
  const options = readOptions(process.argv.slice(2), [...COLUMNS.map(({ name }) => name), ...parts]);
  if (options.help) {
    console.log(HELP);
    return;
  }
  // Ctrl+C ends what was started, as the end does.
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void closeAll().finally(() => process.exit(130)));
  }
  await new Bench(options).run();
}

main().catch((error: unknown) => {
  console.error(`\nThe bench could not go on: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
