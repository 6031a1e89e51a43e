/** The most GitHub gives at once. */
export const PAGE = 100;
/** A list longer than this is no conversation; GitHub itself ends some lists earlier. */
const PAGES = 100;

/** A list read to its end, page by page. @param read gives a page, from 1 on; a page that is not full is the last */
export async function everyPage<T>(read: (page: number) => Promise<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for (let page = 1; page <= PAGES; page++) {
    const some = await read(page);
    all.push(...some);
    if (some.length < PAGE) break;
  }
  return all;
}
