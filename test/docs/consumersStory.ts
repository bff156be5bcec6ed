import { execFileSync } from "node:child_process";
import { FORM } from "../sdk/databricks/dataProduct/folder.js";
import { PEOPLE } from "../sdk/databricks/dataProduct/repository.js";
import { Scene, TABLES } from "../sdk/roster/consumers/scene.js";
import { recordChanges } from "../sandbox/databricks/usageWorkload.js";

/** The product of docs/consumers.md: 13 consumers, one of whom is silent and one inactive; a request; a grant by hand. */
export async function startStory(): Promise<Scene> {
  const scene = await Scene.start({ consumers: 13, statements: 4000 });
  const { repository, workspace } = scene;
  const asked = FORM.replace(/approvals:\n.*\n.*\n\n/, "");
  repository.write("requests/john-doe.yaml", asked).commit("Ask", { as: PEOPLE.john, on: "2026-12-20" });
  repository.git(["config", "user.email", PEOPLE.jane]);
  repository.git(["config", "user.name", "Jane"]);
  workspace.metastore.addPrincipal("eve@example.com");
  workspace.metastore.grant(`table ${TABLES[0]}`, "eve@example.com", "SELECT");
  await recordChanges(workspace.statements, [
    {
      at: "2026-12-20 10:00:00",
      by: "eve@example.com",
      securable: { type: "TABLE", name: TABLES[0] },
      changes: [{ principal: "eve@example.com", add: ["SELECT"] }],
    },
  ]);
  return scene;
}

/** What a line of the page that begins with `$ ` writes. */
export async function outputOf(scene: Scene, line: string): Promise<string> {
  const [command, product, ...words] = wordsOf(line.slice(2));
  if (command === "cat") return execFileSync("cat", [product ?? ""], { cwd: scene.repository.root, encoding: "utf8" });
  if (command !== "roster" || product !== "consumers") throw new Error(`${line} is not known here`);
  const { stdout, stderr } = await scene.run(words.slice(1));
  return `${stdout}${stderr}`;
}

/** Words as a shell takes them: those in double quotes are one. */
function wordsOf(text: string): string[] {
  return (text.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^"(.*)"$/, "$1"));
}
