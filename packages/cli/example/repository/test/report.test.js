import assert from "node:assert/strict";
import { test } from "node:test";
import { readTrip } from "../src/ledger.js";
import { report, settlement } from "../src/report.js";

const trip = readTrip({
  members: ["ada", "ben"],
  expenses: [{ paidBy: "ada", amount: "30.00", what: "museum" }],
});

test("reports expenses, shares and balances", () => {
  assert.equal(
    report(trip),
    "ada paid 30.00 for museum: ada 15.00, ben 15.00\nbalances: ada 15.00, ben -15.00",
  );
});

test("says who pays whom", () => {
  assert.equal(settlement(trip), "ben pays ada 15.00");
});
