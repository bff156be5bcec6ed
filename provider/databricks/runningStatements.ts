import * as z from "zod";
import type { Http } from "../core/http.js";
import { segment } from "../core/httpRequest.js";
import type { Change } from "./changes.js";
import { fold } from "./metastore.js";
import { securableOf } from "./securables.js";

/*
 * What somebody still runs when a privilege is taken: Unity Catalog looks at privileges when a statement begins, and
 * what has begun goes on. Query history shows it, for SQL warehouses and serverless compute, and it can be asked to
 * stop.
 */

const HISTORY = "/api/2.0/sql/history/queries";
/** A page holds less than 1,000. */
const PAGE = 999;
/** A page token that never ends is a defect of the server. */
const MOST_PAGES = 100;
/** The history is to be filtered by one status at a time: https://docs.databricks.com/api/workspace/queryhistory/list. */
const UNDER_WAY = ["RUNNING", "QUEUED"] as const;

const statements = z.object({
  res: z
    .array(
      z.object({
        query_id: z.string(),
        user_name: z.string().nullish(),
        executed_as_user_name: z.string().nullish(),
        query_text: z.string().nullish(),
      }),
    )
    .nullish(),
  next_page_token: z.string().nullish(),
  has_next_page: z.boolean().nullish(),
});

type Running = NonNullable<z.output<typeof statements>["res"]>[number];

/** How a plan shows that statements are ended. */
export function shownEnd({ principal, securable }: Change): string {
  return `POST /api/2.0/sql/statements/{id}/cancel # for each that ${principal} still runs on ${securable}`;
}

/** Whether statements can be running by what was taken: USE SCHEMA alone lets nobody read, and comes with what does. */
export function canRunOn({ securable, remove }: Change): boolean {
  const { type } = securableOf(securable);
  return type === "table" || (type === "schema" && remove.some((privilege) => privilege !== "USE_SCHEMA"));
}

/**
 * Asks Databricks to stop what principals still run on what was taken from them: statements that run as one of them and
 * whose text names it. What cannot be stopped is said, and is no failure: the privilege is gone.
 */
export async function endStatements(http: Http, taken: readonly Change[], warn: (text: string) => void): Promise<void> {
  let running: readonly Running[];
  try {
    running = (await Promise.all(UNDER_WAY.map((status) => listed(http, status)))).flat();
  } catch (error) {
    const whose = [...new Set(taken.map(({ principal }) => principal))].join(", ");
    warn(`what ${whose} still runs could not be looked up, and goes on to its end: ${(error as Error).message}`);
    return;
  }
  const ids = new Map(
    taken.flatMap((change) =>
      running.filter((each) => isOn(each, change)).map((each) => [each.query_id, change] as const),
    ),
  );
  for (const [id, { principal, securable }] of ids) {
    const what = `statement ${id} of ${principal} on ${securable}`;
    try {
      await http.send({
        method: "POST",
        path: `/api/2.0/sql/statements/${segment(id)}/cancel`,
        body: {},
        repeatable: true,
      });
      warn(`${what} was under way and was asked to stop`);
    } catch (error) {
      warn(`${what} goes on to its end, as Databricks did not let it be stopped: ${(error as Error).message}`);
    }
  }
}

async function listed(http: Http, status: (typeof UNDER_WAY)[number]): Promise<Running[]> {
  const found: Running[] = [];
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = { "filter_by.statuses": status, max_results: PAGE, page_token: token };
    const answer = await http.read({ method: "GET", path: HISTORY, query }, statements);
    found.push(...(answer.res ?? []));
    token = answer.next_page_token ?? "";
    if (token === "" || answer.has_next_page === false) break;
  }
  return found;
}

/** Whether a statement runs as a principal, and names what was taken, by its own name or the schema's. */
function isOn(
  { user_name: user, executed_as_user_name: as, query_text: text }: Running,
  { principal, securable }: Change,
): boolean {
  const name = securableOf(securable).name.split(".").at(-1) ?? "";
  const words = (text ?? "").toLowerCase().split(/[^\p{L}\p{N}_$-]+/u);
  return fold(as ?? user ?? "") === fold(principal) && words.includes(name.toLowerCase());
}
