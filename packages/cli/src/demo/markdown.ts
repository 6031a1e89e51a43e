import { stripVTControlCharacters } from "node:util";
import pc from "picocolors";

/** A comment's Markdown as a terminal shows it: headings, tables, lists and links, without the marks. */
export function renderMarkdown(markdown: string): string {
  const lines = markdown
    .replaceAll(/<!--[\s\S]*?-->\n?/g, "")
    .replaceAll(/<\/?(?:sub|sup|details|summary|code|br)\s*\/?>/g, "")
    .split("\n");
  const out: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const table: string[] = [];
    while (isRow(lines[at])) table.push(lines[at++] ?? "");
    if (table.length > 0) out.push(...renderTable(table));
    const line = lines[at];
    if (line !== undefined) out.push(renderLine(line));
  }
  return out
    .join("\n")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim();
}

function isRow(line: string | undefined): boolean {
  return line?.startsWith("|") === true;
}

function renderLine(line: string): string {
  const heading = /^#{1,6} (.*)/.exec(line);
  if (heading !== null) return pc.bold(renderSpans(heading[1] ?? ""));
  if (/^-{3,}$/.test(line)) return pc.dim("─".repeat(40));
  return renderSpans(
    line.replace(/^(\s*)[-*] (?:\[( |x)\] )?/, (_, space: string, box?: string) => {
      const mark = box === undefined ? "•" : box === "x" ? "✔" : "☐";
      return `${space}${mark} `;
    }),
  );
}

function renderSpans(text: string): string {
  return text
    .replaceAll(
      /\[([^\]]+)\]\((\S+?)\)/g,
      (_, words: string, url: string) => `${words} ${pc.dim(`(${url})`)}`,
    )
    .replaceAll(/\*\*([^*]+)\*\*/g, (_, words: string) => pc.bold(words))
    .replaceAll(/`([^`]+)`/g, (_, words: string) => pc.cyan(words));
}

function renderTable(rows: readonly string[]): string[] {
  const cells = rows
    .filter((row) => !/^[|:\s-]+$/.test(row))
    .map((row) =>
      row
        .split("|")
        .slice(1, -1)
        .map((cell) => renderSpans(cell.trim())),
    );
  const width = (text = "") => stripVTControlCharacters(text).length;
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => width(row[column]))));
  return cells.map((row, index) => {
    const padded = row.map(
      (cell, column) => cell + " ".repeat(Math.max(0, (widths[column] ?? 0) - width(cell))),
    );
    const line = `  ${padded.join("   ").trimEnd()}`;
    return index === 0 ? pc.dim(line) : line;
  });
}
