const AMOUNT = /^(-?)(\d{1,9})(?:\.(\d{1,2}))?$/;

/** "12.5" → 1250 cents. */
export function parseAmount(text) {
  const match = AMOUNT.exec(text.trim());
  if (match === null) throw new Error(`Not an amount: ${text}`);
  const [, sign, whole, fraction = ""] = match;
  const cents = Number(whole) * 100 + Number(fraction.padEnd(2, "0"));
  return sign === "-" && cents !== 0 ? -cents : cents;
}

/** 1250 cents → "12.50" */
export function formatAmount(cents) {
  const absolute = Math.abs(cents);
  const fraction = String(absolute % 100).padStart(2, "0");
  return `${cents < 0 ? "-" : ""}${Math.trunc(absolute / 100)}.${fraction}`;
}
