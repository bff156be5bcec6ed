// Reads a realm as a program does, in a process of its own, and tells what that took.
import { people } from "../../../provider/keycloak/read.js";
import { CLIENT, PAGE, SECRET } from "./size.js";

async function main(url: string): Promise<void> {
  const begun = performance.now();
  const read = await people(
    {
      connection: { name: "keycloak", url, realm: "bench", clientId: CLIENT, clientSecret: SECRET, pageSize: PAGE },
      sources: { environment: {}, config: undefined },
      warn: (text) => {
        throw new Error(text);
      },
    },
    {},
  );
  let memberships = 0;
  for await (const { groups } of read) memberships += groups.length;
  const seconds = (performance.now() - begun) / 1000;
  const { count, complete } = read;
  process.send?.({ count, complete, memberships, seconds, peak: process.resourceUsage().maxRSS * 1024 });
  process.disconnect();
}

void main(process.argv[2] ?? "");
