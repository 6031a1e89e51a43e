import type { SpendGroup, SpendRow } from "@aicd/db";
import { stringify } from "csv-stringify/sync";

/**
 * Spend for a spreadsheet: a head, then a line for each row (RFC 4180, CRLF). Names are others' words: one that a
 * spreadsheet would take for a formula gets an apostrophe. Amounts are dollars with six places, so nothing is rounded.
 */
export function spendCsv(by: SpendGroup, rows: readonly SpendRow[]): string {
  const lines = rows.map(({ key, label, calls, microUsd, excusedMicroUsd }) => [
    key,
    label,
    calls,
    dollars(microUsd),
    dollars(excusedMicroUsd),
  ]);
  return stringify([[by, "name", "calls", "spent_usd", "not_billed_usd"], ...lines], {
    escape_formulas: true,
    record_delimiter: "windows",
  });
}

function dollars(microUsd: number): string {
  return (microUsd / 1e6).toFixed(6);
}
