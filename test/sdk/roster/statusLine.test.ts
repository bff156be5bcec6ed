import assert from "node:assert/strict";
import { StatusLine } from "../../../sdk/roster/statusLine.js";

describe("the status line of a terminal", () => {
  const written: string[] = [];
  const line = new StatusLine({ write: (text) => written.push(text) }, () => 20);
  const wrote = (): string => written.splice(0).join("").replaceAll("\r\u001b[K", "<erase>");

  it("is written over, and what is logged stays above it", () => {
    line.write("before\n");
    line.show("users: 5 of 10");
    line.write("a warning\n");
    line.show("users: 9 of 10");
    assert.equal(wrote(), "before\n<erase>users: 5 of 10<erase>a warning\nusers: 5 of 10<erase>users: 9 of 10");
  });

  it("is never wider than the terminal, because the rest could not be written over", () => {
    line.show("x".repeat(100));
    assert.equal(wrote(), `<erase>${"x".repeat(19)}`);
  });

  it("goes with an empty text", () => {
    line.show("");
    line.write("after\n");
    assert.equal(wrote(), "<erase>after\n");
  });
});
