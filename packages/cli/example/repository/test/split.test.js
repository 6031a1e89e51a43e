import assert from "node:assert/strict";
import { test } from "node:test";
import { splitByWeights, splitEvenly } from "../src/split.js";

test("splits evenly", () => {
  assert.deepEqual(splitEvenly(6000, ["ada", "ben", "cleo"]), { ada: 2000, ben: 2000, cleo: 2000 });
});

test("splits in proportion to weights", () => {
  assert.deepEqual(splitByWeights(4500, { ada: 1, ben: 0, cleo: 2 }), { ada: 1500, ben: 0, cleo: 3000 });
});

test("refuses weights that are all zero", () => {
  assert.throws(() => splitByWeights(100, { ada: 0, ben: 0 }), /more than zero/);
});
