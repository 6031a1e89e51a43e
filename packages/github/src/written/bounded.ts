import { LIMITS } from "@aicd/core";

const NOTE = "_…cut: the text was longer than GitHub allows._";
/** For the note, and for the ends of what is open where the cut is. */
const ROOM = 300;

/** Cut at a line within GitHub's limit, saying so; a block that is open there is closed. */
export function bounded(body: string, limit: number = LIMITS.commentCharacters): string {
  if (body.length <= limit) return body;
  const kept: string[] = [];
  let length = 0;
  let fence = "";
  let details = 0;
  for (const line of body.split("\n")) {
    length += line.length + 1;
    if (length > limit - ROOM) break;
    kept.push(line);
    const ticks = /^`{3,}/.exec(line)?.[0] ?? "";
    if (fence !== "") fence = line === fence ? "" : fence;
    else if (ticks !== "") fence = ticks;
    else details += count(line, "<details>") - count(line, "</details>");
  }
  const ends = [
    ...(fence === "" ? [] : [fence]),
    ...Array.from({ length: Math.max(0, details) }, () => "\n</details>"),
  ];
  return [...kept, ...ends, "", NOTE].join("\n");
}

function count(line: string, what: string): number {
  return line.split(what).length - 1;
}
