import { styleText } from "node:util";
import type { AgentProgress } from "../../../packages/core/src/index.ts";
import { formatUsd } from "../../../packages/core/src/index.ts";
import type { Watcher } from "./bench.ts";
import { type Figures, type Row, sum } from "./row.ts";

/** One live line for the running task on a terminal, one line for each that ended everywhere. */
export function createWatcher(stream: NodeJS.WriteStream): Watcher {
  let name = "";
  let phase = "";
  let steps = 0;
  let microUsd = 0;
  const draw = (last: string) => {
    if (!stream.isTTY) return;
    const text = `${name}  ${phase}  step ${steps}  ${formatUsd(microUsd)}  ${last}`;
    stream.write(`\r\u001b[2K${text.replace(/\s+/g, " ").slice(0, (stream.columns ?? 80) - 1)}`);
  };
  return {
    began(task) {
      [name, phase, steps, microUsd] = [task, "", 0, 0];
      draw("");
    },
    progress(progress: AgentProgress) {
      if (progress.type === "phase") phase = progress.phase;
      if (progress.type === "usage") {
        steps += 1;
        microUsd += progress.microUsd;
      }
      draw(progress.type === "tool" ? `${progress.tool} ${progress.detail}` : "");
    },
    ended(row) {
      if (stream.isTTY) stream.write("\r\u001b[2K");
      const why = row.solved ? "" : `: ${row.reason}`;
      stream.write(
        `${mark(row)} ${row.name} ${styleText("dim", `(${row.mode ?? "not tried"}, ${seconds(row)})`)}${why}\n`,
      );
    },
  };
}

const HEAD = ["task", "", "steps", "tokens in", "cached", "tokens out", "cost", "time"];

/** The figures as a table, what was not solved beneath it. */
export function showTable(rows: readonly Row[]): string {
  const total = sum(rows);
  const lines = rows.map((row) => [row.name, row.solved ? "solved" : (row.reason ?? ""), ...cells(row)]);
  lines.push(["sum", `${total.solved} of ${total.tasks}`, ...cells(total)]);
  const widths = HEAD.map((head, at) =>
    Math.max(head.length, ...lines.map((line) => (line[at] ?? "").length)),
  );
  const draw = (line: string[]) =>
    line
      .map((cell, at) => (at < 2 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join("  ");
  const rule = widths.map((width) => "─".repeat(width)).join("──");
  const body = lines.map((line, at) => {
    if (at === rows.length) return `${styleText("dim", rule)}\n${styleText("bold", draw(line))}`;
    return rows[at]?.solved === true ? draw(line) : styleText("yellow", draw(line));
  });
  const problems = rows
    .filter(({ solved }) => !solved)
    .map((row) => `${mark(row)} ${row.name}: ${firstLines(row.detail)}`);
  const parts = [styleText("bold", draw(HEAD)), styleText("dim", rule), ...body];
  return `\n${[...parts, ...notes(rows), ...(problems.length > 0 ? ["", ...problems] : [])].join("\n")}\n`;
}

/** With which models, and what the figures of a replay are. */
function notes(rows: readonly Row[]): string[] {
  const tried = rows.flatMap(({ mode, model }) => (mode === null ? [] : [`${mode}, ${model}`]));
  const replayed = rows.some(({ mode }) => mode === "replayed");
  const words = replayed
    ? "; input of a replay is counted from what was sent, by the vendor's published cache rules"
    : "";
  return tried.length === 0 ? [] : [styleText("dim", `${[...new Set(tried)].join("; ")}${words}`)];
}

function cells(row: Figures): string[] {
  const number = (value: number) => value.toLocaleString("en-US");
  const share = `${Math.round(row.cacheHitShare * 100)} %`;
  return [
    number(row.steps),
    number(row.tokensIn),
    share,
    number(row.tokensOut),
    formatUsd(row.costUsd * 1e6),
    seconds(row),
  ];
}

function mark(row: Row): string {
  return row.solved ? styleText("green", "✓") : styleText("red", "✗");
}

function seconds({ wallMs }: { wallMs: number }): string {
  return `${(wallMs / 1_000).toFixed(1)} s`;
}

function firstLines(text: string): string {
  return text.split("\n").slice(0, 12).join("\n  ");
}
