import { GraphqlProblem, type View } from "./scope.ts";

export interface PageArgs {
  first?: number | null;
  last?: number | null;
  after?: string | null;
  before?: string | null;
}

const LARGEST_PAGE = 100;

/** A list as a connection. Like GitHub it refuses to show members without a bound, and more than 100 at once. */
export function connection<T>(
  field: string,
  items: readonly T[],
  args: PageArgs,
  view: (item: T) => View | Promise<View> | null,
): View {
  let cut: { from: number; to: number } | undefined;
  const window = () => {
    cut ??= bounds(field, items.length, args);
    return cut;
  };
  const members = () => {
    const { from, to } = window();
    return items.slice(from, to).map((item, index) => ({ cursor: cursorAt(from + index), node: view(item) }));
  };
  return {
    totalCount: items.length,
    nodes: () => members().map((member) => member.node),
    edges: members,
    pageInfo: () => {
      const { from, to } = window();
      return {
        hasNextPage: to < items.length,
        hasPreviousPage: from > 0,
        startCursor: to > from ? cursorAt(from) : null,
        endCursor: to > from ? cursorAt(to - 1) : null,
      };
    },
  };
}

function bounds(field: string, total: number, args: PageArgs): { from: number; to: number } {
  const { first, last } = args;
  if (first == null && last == null) {
    throw new GraphqlProblem(
      "MISSING_PAGINATION_BOUNDARIES",
      `You must provide a \`first\` or \`last\` value to properly paginate the \`${field}\` connection.`,
    );
  }
  const [name, size] = first == null ? (["last", last as number] as const) : (["first", first] as const);
  if (size > LARGEST_PAGE) {
    throw new GraphqlProblem(
      "EXCESSIVE_PAGINATION",
      `Requesting ${size} records on the \`${field}\` connection exceeds the \`${name}\` limit of ${LARGEST_PAGE} records.`,
    );
  }
  if (size < 0)
    throw new GraphqlProblem(
      "ARGUMENT_ERROR",
      `\`${name}\` on the \`${field}\` connection cannot be less than zero.`,
    );
  let from = args.after ? positionOf(args.after) + 1 : 0;
  let to = args.before ? positionOf(args.before) : total;
  if (first != null) to = Math.min(to, from + first);
  else from = Math.max(from, to - size);
  return { from: Math.min(from, total), to: Math.max(Math.min(to, total), Math.min(from, total)) };
}

function cursorAt(index: number): string {
  return Buffer.from(`cursor:v2:${index}`).toString("base64");
}

function positionOf(cursor: string): number {
  const match = /^cursor:v2:(\d+)$/.exec(Buffer.from(cursor, "base64").toString());
  if (!match)
    throw new GraphqlProblem(
      "INVALID_CURSOR_ARGUMENTS",
      `\`${cursor}\` does not appear to be a valid cursor.`,
    );
  return Number(match[1]);
}
