import { type ComponentChild, h } from "preact";
import { useState } from "preact/hooks";
import { useLoad } from "../../../load.ts";
import { Chip, prose, show } from "../../../parts.ts";
import { count } from "../../../words.ts";
import { codeText } from "./code-text.ts";
import { type Layout, Lines } from "./lines.ts";
import type { Marks } from "./marks.ts";
import { type FileDiff, type Hunk, linesOf, PIECE } from "./rows.ts";

type Input = {
  file: FileDiff;
  marks: Marks | undefined;
  layout: Layout;
  open: boolean;
  toggle: () => void;
  /** Asks for the file alone, where it did not come with the others. */
  fetch: (path: string) => Promise<Hunk[]>;
};

/** One file of a change: its name, what is to be known of it, and below them its lines. */
export function FileCard(input: Input): ComponentChild {
  const { file, marks, open, toggle } = input;
  const { additions, deletions } = file;
  return h(
    "section",
    { class: "file", "aria-label": file.path },
    h(
      "div",
      { class: "file-head" },
      h(
        "h4",
        null,
        h(
          "button",
          { type: "button", class: "plain fold", "aria-expanded": open, onClick: toggle },
          h("span", { class: "path" }, codeText(file.path)),
        ),
      ),
      h("span", { class: "quiet" }, standing(file)),
      h("span", { class: "grow" }),
      marks?.chips.map(({ tone, text }) => h(Chip, { tone }, text)),
      h(
        "span",
        { class: "counts" },
        h("span", { class: "plus" }, `+${additions}`),
        " ",
        h("span", { class: "minus" }, `−${deletions}`),
      ),
    ),
    open && h(Body, input),
  );
}

/** What became of the file, where it is more than changed lines. */
function standing({ status, from, oldMode, newMode, binary }: FileDiff): ComponentChild[] {
  const words: ComponentChild[] = [];
  if (status === "added") words.push("new");
  if (status === "deleted") words.push("deleted");
  if (status === "renamed") words.push(["renamed from ", h("span", { class: "path" }, codeText(from ?? ""))]);
  if (oldMode !== null && newMode !== null) words.push(`mode ${oldMode} → ${newMode}`);
  else if (newMode !== null && newMode !== "100644") words.push(KINDS[newMode] ?? `mode ${newMode}`);
  if (binary) words.push("binary");
  return words.flatMap((word, index) => (index === 0 ? [word] : [", ", word]));
}

const KINDS: Record<string, string> = {
  "100755": "executable",
  "120000": "symbolic link",
  "160000": "submodule",
};

function Body(input: Input): ComponentChild {
  const { file, marks, layout } = input;
  return [
    marks !== undefined &&
      marks.notes.length > 0 &&
      h(
        "ul",
        { class: "file-notes" },
        marks.notes.map((text) => h("li", { class: "text" }, prose(text))),
      ),
    file.hunks === null
      ? h(Late, input)
      : linesOf(file) === 0
        ? h("p", { class: "quiet no-lines" }, silence(file))
        : h(Pieces, { label: file.path, layout, hunks: file.hunks, marks }),
  ];
}

function silence({ binary, status }: FileDiff): string {
  if (binary) return "A binary file, or one too large to be read line by line. The patch has it whole.";
  return status === "added" ? "The file is empty." : "Its lines are what they were.";
}

/** A file that was too much to come with the others. */
function Late(input: Input): ComponentChild {
  const { file, layout, marks, fetch } = input;
  const loaded = useLoad(file.path, () => fetch(file.path));
  return show(loaded, (hunks) => h(Pieces, { label: file.path, layout, hunks, marks }));
}

function Pieces(input: {
  label: string;
  layout: Layout;
  hunks: readonly Hunk[];
  marks: Marks | undefined;
}): ComponentChild {
  const { label, layout, hunks, marks } = input;
  const [most, setMost] = useState(PIECE);
  const all = hunks.reduce((sum, { lines }) => sum + lines.length, 0);
  return [
    h(Lines, { label: `Changes in ${label}`, layout, hunks, most, notes: marks?.lines ?? new Map() }),
    all > most &&
      h(
        "button",
        { type: "button", class: "plain more-lines", onClick: () => setMost(most + PIECE) },
        `Show ${Math.min(PIECE, all - most)} more of ${count(all, "line")}`,
      ),
  ];
}
