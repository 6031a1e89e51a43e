import assert from "node:assert/strict";
import { test } from "node:test";
import { formatAmount, parseAmount } from "../src/money.js";

test("reads amounts as cents", () => {
  assert.equal(parseAmount("12"), 1200);
  assert.equal(parseAmount("12.5"), 1250);
  assert.equal(parseAmount("-0.05"), -5);
});

test("refuses what is not an amount", () => {
  for (const text of ["", "1,50", "1.234", "1e3", "--1"]) {
    assert.throws(() => parseAmount(text), /Not an amount/);
  }
});

test("writes cents with two decimals", () => {
  assert.equal(formatAmount(1205), "12.05");
  assert.equal(formatAmount(-5), "-0.05");
  assert.equal(formatAmount(0), "0.00");
});
