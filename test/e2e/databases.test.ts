import { life } from "./databaseLife.js";
import { onEachEngine, scene } from "./scene.js";

onEachEngine("the life of a database, its schemas and grants", (engine) => {
  it("on PostgreSQL 18, with every argument", () => scene({ engine }, life));
});
