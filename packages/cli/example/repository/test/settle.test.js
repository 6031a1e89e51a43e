import assert from "node:assert/strict";
import { test } from "node:test";
import { settle } from "../src/settle.js";

test("the largest debt is paid to the largest claim first", () => {
  assert.deepEqual(settle({ ada: 5500, ben: -2000, cleo: -3500 }), [
    { from: "cleo", to: "ada", cents: 3500 },
    { from: "ben", to: "ada", cents: 2000 },
  ]);
});

test("nothing is owed when all are even", () => {
  assert.deepEqual(settle({ ada: 0, ben: 0 }), []);
});

test("refuses balances that do not add up", () => {
  assert.throws(() => settle({ ada: 1, ben: 0 }), /do not add up: 1 cents/);
});
