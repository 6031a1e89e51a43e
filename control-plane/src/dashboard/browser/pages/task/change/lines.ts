import { type ComponentChild, h } from "preact";
import { prose } from "../../../parts.ts";
import { codeText } from "./code-text.ts";
import { firstRows, type Hunk, type Pair, pairsOf, type Row } from "./rows.ts";

export type Layout = "unified" | "split";
type Input = {
  label: string;
  layout: Layout;
  hunks: readonly Hunk[];
  /** Rows that are shown; more of them would be a burden. */
  most: number;
  /** What is said of a line, by its number after the change. */
  notes: ReadonlyMap<number, string[]>;
};

const COLUMNS = {
  unified: ["at", "at", "sign", ""],
  split: ["at", "sign", "", "at", "sign", ""],
} as const satisfies Record<Layout, readonly string[]>;
const SIGNS = { same: " ", del: "-", add: "+" } as const;

/** The lines of one file, before and after. */
export function Lines({ label, layout, hunks, most, notes }: Input): ComponentChild {
  const width = COLUMNS[layout].length;
  return h(
    "table",
    { class: `diff in-${layout}`, "aria-label": label },
    h("colgroup", null, ...COLUMNS[layout].map((kind) => h("col", { class: kind }))),
    h(
      "tbody",
      null,
      firstRows(hunks, most).map(({ hunk, rows }) => [
        h("tr", { class: "hunk" }, h("td", { colSpan: width }, placeOf(hunk))),
        layout === "unified"
          ? rows.map((row) => [h(Unified, { row }), noted(row, notes, width)])
          : pairsOf(rows).map((pair) => [h(Split, { pair }), noted(pair.right, notes, width)]),
      ]),
    ),
  );
}

function placeOf({ oldStart, oldLines, newStart, newLines }: Hunk): string {
  return `@@ −${oldStart},${oldLines} +${newStart},${newLines} @@`;
}

function noted(row: Row | undefined, notes: Input["notes"], width: number): ComponentChild {
  const texts = row?.fresh == null ? undefined : notes.get(row.fresh);
  if (texts === undefined) return null;
  return h(
    "tr",
    { class: "note" },
    h(
      "td",
      { colSpan: width },
      texts.map((text) => h("p", { class: "text" }, prose(text))),
    ),
  );
}

function Unified({ row }: { row: Row }): ComponentChild {
  return h(
    "tr",
    { class: row.kind },
    h("td", { class: "at" }, row.old),
    h("td", { class: "at" }, row.fresh),
    ...cells(row),
  );
}

function Split({ pair: { left, right } }: { pair: Pair }): ComponentChild {
  return h(
    "tr",
    null,
    ...[left, right].flatMap((row, side) => {
      const kind = row?.kind ?? "void";
      const number = side === 0 ? row?.old : row?.fresh;
      return [h("td", { class: `at ${kind}` }, number ?? null), ...cells(row)];
    }),
  );
}

function cells(row: Row | undefined): ComponentChild[] {
  if (row === undefined) return [h("td", { class: "sign void" }), h("td", { class: "code void" })];
  const { kind, text, open } = row;
  // The end of a line as Windows has it is worth a mark only where it may be what changed.
  const line = kind === "same" ? text.replace(/\r$/, "") : text;
  return [
    h("td", { class: `sign ${kind}` }, SIGNS[kind]),
    h(
      "td",
      { class: `code ${kind}` },
      codeText(line),
      open && h("span", { class: "unseen" }, "no end of line"),
    ),
  ];
}
