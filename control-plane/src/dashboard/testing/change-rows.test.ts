import type { Diff } from "@aicd/sdk";
import { describe, expect, it } from "vitest";
import { codeText } from "../browser/pages/task/change/code-text.ts";
import { marksOf } from "../browser/pages/task/change/marks.ts";
import { firstRows, openedFirst, pairsOf, rowsOf } from "../browser/pages/task/change/rows.ts";

const hunk = (...lines: string[]) => ({ oldStart: 5, oldLines: 0, newStart: 7, newLines: 0, lines });
const file = (path: string, lines: number): Diff["files"][number] => ({
  ...{ path, from: null, status: "modified", oldMode: null, newMode: null, binary: false },
  ...{ additions: lines, deletions: 0 },
  hunks: [hunk(...Array.from({ length: lines }, () => "+x"))],
});

describe("the lines of a hunk", () => {
  it("are numbered before and after, and say where the last one has no end", () => {
    const rows = rowsOf(hunk(" same", "-gone", "\\ No newline at end of file", "+-- come", " "));

    expect(rows).toEqual([
      { kind: "same", old: 5, fresh: 7, text: "same", open: false },
      { kind: "del", old: 6, fresh: null, text: "gone", open: true },
      { kind: "add", old: null, fresh: 8, text: "-- come", open: false },
      { kind: "same", old: 7, fresh: 9, text: "", open: false },
    ]);
  });

  it("stand side by side run by run", () => {
    const rows = rowsOf(hunk("-a", "-b", "+c", " d", "+e", "-f"));
    const texts = pairsOf(rows).map(({ left, right }) => [left?.text, right?.text]);

    expect(texts).toEqual([
      ["a", "c"],
      ["b", undefined],
      ["d", "d"],
      [undefined, "e"],
      ["f", undefined],
    ]);
  });

  it("are shown up to a number, over the bounds of hunks", () => {
    const shown = firstRows([hunk("+a", "+b"), hunk("+c", "+d"), hunk("+e")], 3);

    expect(shown.map(({ rows }) => rows.map(({ text }) => text))).toEqual([["a", "b"], ["c"]]);
  });
});

it("a page of files is open at first, without long ones and those that did not come", () => {
  const late = { ...file("late.js", 3), hunks: null };
  const files = [
    file("long.js", 401),
    late,
    ...Array.from({ length: 200 }, (_, at) => file(`${at}.js`, 100)),
  ];

  expect([...openedFirst(files)]).toEqual(Array.from({ length: 15 }, (_, at) => `${at}.js`));
});

it("a finding about a renamed file is shown at its new name, each once", () => {
  const files = [{ ...file("new.js", 1), from: "old.js" }];
  const finding = { path: "old.js", line: null, severity: "minor", rule: null, why: "odd", wanted: null };
  const said = { judge: "critic" as const, kind: "rejected", askedBy: "runner" as const, summary: null };
  const verdict = { ...said, by: null, createdAt: "" };
  const verdicts = [{ ...verdict, id: "v", changeSetId: "c", findings: [finding, finding] }];

  const marks = marksOf({ files }, { plan: undefined, verdicts, evidence: undefined }).get("new.js");

  expect(marks).toEqual({
    chips: [{ tone: "asks", text: "Critic" }],
    notes: ["Critic: odd"],
    lines: new Map(),
  });
});

it("a line nobody could read to its end is cut, and says how much is left", () => {
  const [text, more] = codeText("x".repeat(1_000_000)) as [string, { props: { children: string } }];

  expect(text).toHaveLength(2_000);
  expect(more.props.children).toBe("… 998,000 more characters");
});
