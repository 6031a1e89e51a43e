/**
 * Transfers that bring all balances to zero: the largest debt is paid to the largest claim until
 * nothing is left. At most one transfer fewer than there are members.
 */
export function settle(balances) {
  const sum = Object.values(balances).reduce((total, cents) => total + cents, 0);
  if (sum !== 0) throw new Error(`Balances do not add up: ${sum} cents are left over`);
  const open = Object.entries(balances)
    .filter(([, cents]) => cents !== 0)
    .map(([member, cents]) => ({ member, cents }));
  const transfers = [];
  while (open.length > 0) {
    open.sort((a, b) => a.cents - b.cents || a.member.localeCompare(b.member));
    const debtor = open[0];
    const creditor = open[open.length - 1];
    const cents = Math.min(-debtor.cents, creditor.cents);
    transfers.push({ from: debtor.member, to: creditor.member, cents });
    debtor.cents += cents;
    creditor.cents -= cents;
    for (const entry of [debtor, creditor]) {
      if (entry.cents === 0) open.splice(open.indexOf(entry), 1);
    }
  }
  return transfers;
}
