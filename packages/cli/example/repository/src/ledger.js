import { parseAmount } from "./money.js";
import { splitByWeights, splitEvenly } from "./split.js";

/** Reads a trip: every expense with its shares in cents, checked against the members. */
export function readTrip(trip) {
  const members = new Set(trip.members);
  if (members.size === 0) throw new Error("A trip needs members");
  const expenses = trip.expenses.map((expense, index) => {
    const entry = toEntry(expense, trip.members);
    for (const member of [entry.paidBy, ...Object.keys(entry.shares)]) {
      if (!members.has(member)) throw new Error(`Expense ${index + 1}: ${member} is not a member`);
    }
    return entry;
  });
  return { members: [...members], expenses };
}

/** What each member is owed (positive) or owes (negative), in cents. */
export function balances({ members, expenses }) {
  const result = Object.fromEntries(members.map((member) => [member, 0]));
  for (const { paidBy, cents, shares } of expenses) {
    result[paidBy] += cents;
    for (const [member, share] of Object.entries(shares)) result[member] -= share;
  }
  return result;
}

function toEntry(expense, members) {
  const cents = parseAmount(expense.amount);
  const shares =
    expense.weights === undefined
      ? splitEvenly(cents, expense.for ?? members)
      : splitByWeights(cents, expense.weights);
  return { paidBy: expense.paidBy, what: expense.what ?? "", cents, shares };
}
