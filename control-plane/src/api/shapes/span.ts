import { z } from "zod";
import { Refusal } from "../../http/problems/problems.ts";

const DAY_MS = 24 * 60 * 60_000;
const DEFAULT_DAYS = 30;
const MAX_DAYS = 366;
const moment = z.iso.datetime({ offset: true });

export const SpanQuery = {
  from: moment.optional().describe(`${DEFAULT_DAYS} days before \`to\` when left out.`),
  to: moment.optional().describe("Not included; now when left out."),
};

/** @throws Refusal `invalid`: it ends before it begins, or is too long */
export function spanOf(
  query: { from?: string | undefined; to?: string | undefined },
  now: number,
): { from: Date; to: Date } {
  const to = new Date(query.to ?? now);
  const from =
    query.from === undefined ? new Date(to.getTime() - DEFAULT_DAYS * DAY_MS) : new Date(query.from);
  if (from < to && to.getTime() - from.getTime() <= MAX_DAYS * DAY_MS) return { from, to };
  const detail = `\`from\` must lie before \`to\`, and the span may have ${MAX_DAYS} days.`;
  throw new Refusal("invalid", detail, { errors: [{ in: "query", pointer: "/from", detail }] });
}
