import * as z from "zod";
import type { Http } from "./http.js";
import { registerSecret } from "./redact.js";
import { renewedTokens, type TokenSource } from "./tokens.js";

/** A client of an OAuth 2.0 or OpenID Connect provider. */
export interface ClientCredentials {
  /** Opens the token endpoint, to which these headers are sent. */
  readonly open: (headers: Readonly<Record<string, string>>) => Http;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string | undefined;
  /** The secret goes in the header `Authorization` (Basic) and not in the form, for a provider that wants it there. */
  readonly inHeader?: boolean | undefined;
  readonly origin: string;
}

const answer = z.object({ access_token: z.string().min(1), expires_in: z.number().optional() });

/**
 * Tokens for a client's own rights (https://www.rfc-editor.org/rfc/rfc6749#section-4.4), with the secret in the form
 * where nothing else is said. Asking twice is like asking once.
 */
export function clientCredentials(client: ClientCredentials, now: () => number = Date.now): TokenSource {
  registerSecret(client.clientSecret);
  const { inHeader = false } = client;
  const basic = registerSecret(
    Buffer.from([client.clientId, client.clientSecret].map(formEncoded).join(":")).toString("base64"),
  );
  let http: Http | undefined;
  return renewedTokens(
    async () => {
      http ??= client.open(inHeader ? { Authorization: `Basic ${basic}` } : {});
      const form = new URLSearchParams({
        grant_type: "client_credentials",
        ...(inHeader ? {} : { client_id: client.clientId, client_secret: client.clientSecret }),
        ...(client.scope === undefined ? {} : { scope: client.scope }),
      });
      const asked = now();
      // The endpoint is in the headline, and of the form nothing but this is to be shown.
      const shown = "POST grant_type=client_credentials";
      const made = await http.read({ method: "POST", path: "", body: form, repeatable: true, shown }, answer);
      registerSecret(made.access_token);
      // Without `expires_in` a JSON Web Token says itself when it ends.
      const until = made.expires_in === undefined ? {} : { until: asked + made.expires_in * 1000 };
      return { value: made.access_token, ...until };
    },
    client.origin,
    now,
  );
}

/** As a name and a secret go into the header: https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1. */
function formEncoded(text: string): string {
  return new URLSearchParams([["", text]]).toString().slice(1);
}
