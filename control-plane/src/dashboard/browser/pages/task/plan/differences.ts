import type { Plan } from "@aicd/sdk";

type Words = Plan["plan"];
/** What one version says and another does not. `where` names the part, or a file by its path. */
export type Difference = {
  where: string;
  isPath: boolean;
  before: string | undefined;
  after: string | undefined;
};

const TEXTS = { title: "Title", understanding: "Understanding", cause: "Cause" } as const;
const LISTS = { tests: "Tests", checks: "Checks", risks: "Risks", questions: "Open questions" } as const;

/** What a newer version of a plan changed, part by part. Order in a list says nothing. */
export function differencesOf(before: Words, after: Words): Difference[] {
  const found: Difference[] = [];
  const note = (where: string, isPath: boolean, was: string | undefined, is: string | undefined) => {
    if (was !== is) found.push({ where, isPath, before: was, after: is });
  };
  for (const [name, label] of entries(TEXTS)) note(label, false, before[name], after[name]);
  const changes = ({ files }: Words) => new Map(files.map(({ path, change }) => [path, change]));
  const [was, is] = [changes(before), changes(after)];
  for (const path of new Set([...was.keys(), ...is.keys()])) note(path, true, was.get(path), is.get(path));
  for (const [name, label] of entries(LISTS)) {
    for (const gone of before[name].filter((one) => !after[name].includes(one)))
      note(label, false, gone, undefined);
    for (const come of after[name].filter((one) => !before[name].includes(one)))
      note(label, false, undefined, come);
  }
  note("Estimate", false, estimateOf(before), estimateOf(after));
  return found;
}

function entries<K extends string>(labels: Record<K, string>): [K, string][] {
  return Object.entries(labels) as [K, string][];
}

function estimateOf({ estimate }: Words): string {
  const { likelyUsd, lowUsd, highUsd, changedLines } = estimate;
  return `$${likelyUsd} ($${lowUsd} to $${highUsd}), ${changedLines} lines`;
}
