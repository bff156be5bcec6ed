import type { Connection } from "../core/connections.js";
import { RosterError } from "../core/errors.js";
import type { Http } from "../core/http.js";
import { describeHttp, openConnection, tokensOf } from "../core/httpConnection.js";
import { statusOf } from "../core/httpErrors.js";
import type { HttpRequest } from "../core/httpRequest.js";
import { numberSetting } from "../core/settingValues.js";
import { staticToken } from "../core/tokens.js";
import { PREFIX } from "./changes.js";
import { openReader, type Reader } from "./reader.js";
import { explain } from "./refusals.js";
import { connections, type GleanSettings } from "./settings.js";

/** A deployment of Glean. */
export interface Client {
  readonly description: string;
  /** Sends a request of the Indexing API. */
  send(request: HttpRequest): Promise<void>;
  /** The Client API; undefined where there is no token for it. */
  readonly reader: Reader | undefined;
  /** Requests at once. */
  readonly atOnce: number;
}

/** `connection glean (https://acme-be.glean.com)`, for messages. */
export const describe: (connection: Connection<GleanSettings>) => string = describeHttp;

/** Opens a deployment; nothing is sent yet. */
export function openClient(connection: Connection<GleanSettings>): Client {
  const wholeNumber = (name: "requestsPerSecond" | "concurrency", least: number): number =>
    numberSetting(connections, connection, name, {
      fits: (value) => Number.isInteger(value) && value >= least,
      expected: `a whole number from ${String(least)} on`,
    });
  const atOnce = wholeNumber("concurrency", 1);
  const requests = wholeNumber("requestsPerSecond", 0);
  // One after the other and not all at the beginning of a second: what is late on its way would meet the next ones.
  const limits = { concurrency: atOnce, ...(requests === 0 ? {} : { rate: { requests: 1, seconds: 1 / requests } }) };
  const http = openConnection(connections, connection, {
    ...limits,
    tokens: tokensOf(connections, connection),
    explain,
  });
  let allowed: Promise<void> | undefined;

  /** Before the first request: a data source that is wrong stops everything, and not half of it. */
  function admitted(): Promise<void> {
    const { value, source } = connection.settings.datasource;
    if (value === undefined || value === "") return Promise.resolve();
    allowed ??= askForDatasource(http, value, source).catch((error: unknown) => {
      allowed = undefined;
      throw error;
    });
    return allowed;
  }

  return {
    description: http.description,
    atOnce,
    reader: readerOf(connection, limits),
    async send(request) {
      await admitted();
      await http.send(request);
    },
  };
}

async function askForDatasource(http: Http, datasource: string, source: string): Promise<void> {
  try {
    await http.send({
      method: "POST",
      path: `${PREFIX}/getdatasourceconfig`,
      body: { datasource },
      repeatable: true,
      shown: `POST ${PREFIX}/getdatasourceconfig (${datasource})`,
    });
  } catch (error) {
    const status = statusOf(error);
    if (!(error instanceof RosterError) || status === undefined || ![400, 403, 404].includes(status)) throw error;
    throw new RosterError(`Glean does not let this token use the data source ${JSON.stringify(datasource)}`, {
      ...error.details,
      remedy:
        `It is named by ${source}. Check its name in Glean's admin console and that the token may use it, ` +
        "or leave it out: people belong to no data source. Nothing was sent.",
      fault: "target",
    });
  }
}

function readerOf(
  connection: Connection<GleanSettings>,
  limits: { readonly concurrency: number; readonly rate?: { requests: number; seconds: number } },
): Reader | undefined {
  const { value, source } = connection.settings.clientToken;
  if (value === undefined || value === "") return undefined;
  const tokens = staticToken(value, `the token of the Client API from ${source}`);
  return openReader(openConnection(connections, connection, { ...limits, tokens }));
}
