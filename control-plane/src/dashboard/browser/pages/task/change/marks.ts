import type { Diff, Evidence, Plan, Verdict } from "@aicd/sdk";

type Finding = Verdict["findings"][number];

/** What is to be known of a file: chips beside its name, notes above its lines, and notes below single ones. */
export type Marks = {
  chips: { tone: "bad" | "asks"; text: string }[];
  notes: string[];
  lines: Map<number, string[]>;
};

type Known = { plan: Plan | undefined; verdicts: readonly Verdict[]; evidence: Evidence | undefined };

/** What plan, judges and machines say of each file of a diff, by its path. */
export function marksOf({ files }: Pick<Diff, "files">, known: Known): Map<string, Marks> {
  return new Map(files.map((file) => [file.path, marksOfFile(file, known)]));
}

function marksOfFile({ path, from }: Diff["files"][number], { plan, verdicts, evidence }: Known): Marks {
  const marks: Marks = { chips: [], notes: [], lines: new Map() };
  const planned = plan?.plan.files.some((one) => one.path === path || one.path === from) ?? true;
  if (!planned) marks.chips.push({ tone: "asks", text: "Unplanned" });
  for (const { judge, findings } of verdicts) {
    for (const finding of findings.filter(
      (one) => one.path === path || (one.path !== null && one.path === from),
    )) {
      if (judge === "policy") policy(marks, finding);
      else critic(marks, finding);
    }
  }
  for (const weak of evidence?.weakened ?? []) {
    if (weak.path !== path) continue;
    marks.chips.push({ tone: "asks", text: "Weakens tests" });
    marks.notes.push(weak.what);
  }
  return { ...marks, chips: distinct(marks.chips), notes: [...new Set(marks.notes)] };
}

function policy(marks: Marks, { why, rule }: Finding): void {
  marks.chips.push({ tone: "bad", text: "Policy" });
  marks.notes.push(`Policy: ${why}${rule === null ? "" : ` (${rule})`}`);
}

function critic(marks: Marks, { line, why, wanted }: Finding): void {
  const text = `Critic: ${why}${wanted === null ? "" : ` Wanted: ${wanted}`}`;
  marks.chips.push({ tone: "asks", text: "Critic" });
  if (line === null) marks.notes.push(text);
  else marks.lines.set(line, [...new Set([...(marks.lines.get(line) ?? []), text])]);
}

function distinct(chips: Marks["chips"]): Marks["chips"] {
  return [...new Map(chips.map((chip) => [chip.text, chip])).values()];
}
