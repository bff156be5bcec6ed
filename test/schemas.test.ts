import assert from "node:assert/strict";
import { SCHEMAS, committed, schemaText } from "./schemas.js";

describe("JSON Schemas", () => {
  for (const [file, make] of Object.entries(SCHEMAS)) {
    it(`${file} is what the code makes (npm run schemas writes it)`, async () => {
      assert.equal(committed(file), await schemaText(make));
    });
  }
});
