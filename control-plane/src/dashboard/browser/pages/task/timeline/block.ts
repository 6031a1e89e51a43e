import { type ComponentChild, h } from "preact";
import { useState } from "preact/hooks";
import { prose } from "../../../parts.ts";
import { clock, count, moment } from "../../../words.ts";
import { type Block, type Line, stepsOf } from "./history.ts";

/** What happened in one block; the agent's single steps are there for who wants them. */
export function BlockFacts({ block }: { block: Block }): ComponentChild {
  const [open, setOpen] = useState(false);
  const steps = stepsOf(block);
  if (steps === 0 && block.lines.length === 0) return h("p", { class: "quiet" }, "Nothing was heard of it.");
  return [
    h(Lines, { lines: block.lines }),
    steps > 0 &&
      h(
        "button",
        { type: "button", class: "plain fold", "aria-expanded": open, onClick: () => setOpen(!open) },
        count(steps, "single step"),
      ),
    steps > 0 &&
      open && [h("p", { class: "quiet" }, countsOf(block, steps)), h(Lines, { lines: block.steps })],
  ];
}

function countsOf({ counts, steps: kept }: Block, steps: number): string {
  const most = [...counts].sort(([, a], [, b]) => b - a).map(([name, times]) => `${name} ${times}`);
  const cut = steps > kept.length ? ` The last ${kept.length} are shown.` : "";
  return `${most.join(", ")}.${cut}`;
}

function Lines({ lines }: { lines: readonly Line[] }): ComponentChild {
  if (lines.length === 0) return null;
  return h(
    "ol",
    { class: "timeline" },
    lines.toReversed().map((line) => h(OneLine, { key: line.id, line })),
  );
}

function OneLine({ line: { at, told } }: { line: Line }): ComponentChild {
  const { text, detail, tone, minor } = told;
  return h(
    "li",
    { class: `${tone}${minor ? " minor" : ""}` },
    h(
      "span",
      null,
      text,
      detail !== undefined && detail !== "" && h("span", { class: "quiet text" }, " ", prose(detail)),
    ),
    h("time", { dateTime: at, title: moment(at), class: "quiet" }, clock(at)),
  );
}
