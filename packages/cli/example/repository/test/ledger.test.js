import assert from "node:assert/strict";
import { test } from "node:test";
import { balances, readTrip } from "../src/ledger.js";

const members = ["ada", "ben", "cleo"];

test("balances what was paid against what was shared", () => {
  const trip = readTrip({
    members,
    expenses: [
      { paidBy: "ada", amount: "60.00" },
      { paidBy: "ben", amount: "20.00", for: ["ada", "ben"] },
    ],
  });

  assert.deepEqual(balances(trip), { ada: 3000, ben: -1000, cleo: -2000 });
});

test("a refund lowers what the others owe", () => {
  const trip = readTrip({
    members,
    expenses: [
      { paidBy: "ada", amount: "60.00" },
      { paidBy: "ada", amount: "-30.00" },
    ],
  });

  assert.deepEqual(balances(trip), { ada: 2000, ben: -1000, cleo: -1000 });
});

test("refuses people who are not members", () => {
  const trip = { members, expenses: [{ paidBy: "zoe", amount: "1.00" }] };

  assert.throws(() => readTrip(trip), /Expense 1: zoe is not a member/);
});
