import { z } from "zod";
import { readCursor, writeCursor } from "./cursor.ts";

const LIMIT_DEFAULT = 25;

/** A number as an address carries it: digits and nothing else. */
export function whole(min: number, max: number) {
  return z.preprocess(
    (value) => (typeof value === "string" && /^-?\d{1,15}$/.test(value) ? Number(value) : value),
    z.int().min(min).max(max),
  );
}

export const PageQuery = {
  limit: whole(1, 100).optional().describe(`Rows on a page; ${LIMIT_DEFAULT} when left out.`),
  cursor: z.string().min(1).max(500).optional().describe("`next` of the page before."),
};

export type Page<T> = { items: T[]; next: string | null };

export function pageOf<S extends z.ZodType>(item: S): z.ZodType<Page<z.output<S>>> {
  const next = z.string().nullable().describe("Cursor of the next page; null on the last one.");
  return z.object({ items: z.array(item), next }) as unknown as z.ZodType<Page<z.output<S>>>;
}

/**
 * One page of a list that is read by key. The store is asked for one row more than fits: its being there
 * says that another page is.
 * @param filters what the cursor is only good for
 */
export async function readPage<Row, View>(
  query: { limit?: number | undefined; cursor?: string | undefined },
  list: {
    filters: unknown;
    isKey: (text: string) => boolean;
    read: (input: { after: string | undefined; limit: number }) => Promise<Row[]>;
    keyOf: (row: Row) => string;
    view: (row: Row) => View;
  },
): Promise<Page<View>> {
  const limit = query.limit ?? LIMIT_DEFAULT;
  const after = query.cursor === undefined ? undefined : readCursor(query.cursor, list.filters, list.isKey);
  const rows = await list.read({ after, limit: limit + 1 });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = rows.length > limit && last !== undefined ? writeCursor(list.keyOf(last), list.filters) : null;
  return { items: shown.map(list.view), next };
}
