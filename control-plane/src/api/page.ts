import { readCursor, writeCursor } from "./cursor.ts";
import { LIMIT_DEFAULT, type Page } from "./shapes/common.ts";

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
