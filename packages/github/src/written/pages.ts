import { LIMITS } from "@aicd/core";

/** Lines that may go on in the next comment, under the same head. */
export type Part = { head?: string[]; lines: string[]; end?: string[] };

/** A text as so many comments as it needs, cut between lines. @param again first line of each but the first */
export function pages(
  parts: readonly Part[],
  { again, limit = LIMITS.commentCharacters }: { again: string; limit?: number },
): string[] {
  const all: string[] = [];
  let page: string[] = [];
  let length = 0;
  const put = (line: string) => {
    page.push(line);
    length += line.length + 1;
  };
  const turn = () => {
    all.push(page.join("\n"));
    [page, length] = [[], 0];
    for (const line of [again, ""]) put(line);
  };
  for (const { head = [], lines, end = [] } of parts) {
    const size = (extra: string) => [...head, extra, ...end].reduce((sum, each) => sum + each.length + 1, 0);
    if (length > 0 && length + size(lines[0] ?? "") > limit) turn();
    for (const line of head) put(line);
    for (const line of lines) {
      if (length + line.length + 1 + end.length > limit) {
        turn();
        for (const each of head) put(each);
      }
      put(line);
    }
    for (const line of end) put(line);
  }
  return [...all, page.join("\n")];
}
