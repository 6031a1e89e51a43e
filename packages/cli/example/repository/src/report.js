import { balances } from "./ledger.js";
import { formatAmount } from "./money.js";
import { settle } from "./settle.js";

/** Every expense with its shares, then the balances. */
export function report(trip) {
  const lines = trip.expenses.map(({ paidBy, what, cents, shares }) => {
    const parts = Object.entries(shares).map(([member, share]) => `${member} ${formatAmount(share)}`);
    return `${paidBy} paid ${formatAmount(cents)} for ${what || "something"}: ${parts.join(", ")}`;
  });
  const totals = Object.entries(balances(trip)).map(([member, cents]) => `${member} ${formatAmount(cents)}`);
  return [...lines, `balances: ${totals.join(", ")}`].join("\n");
}

/** Who pays whom. */
export function settlement(trip) {
  const transfers = settle(balances(trip));
  if (transfers.length === 0) return "Nobody owes anything.";
  return transfers.map(({ from, to, cents }) => `${from} pays ${to} ${formatAmount(cents)}`).join("\n");
}
