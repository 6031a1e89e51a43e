import type { ChangeSetSummary, Verdict } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Chip } from "../../../parts.ts";

/** Names the last work of a task where it is none of its proposed changes. */
export const UNFINISHED = "unfinished";

export type Round = { number: number; set: ChangeSetSummary; outcome: string; tone: "good" | "bad" | "busy" };

/** Oldest first, each with what became of it. */
export function roundsOf(sets: readonly ChangeSetSummary[], verdicts: readonly Verdict[]): Round[] {
  return sets.map((set, index) => ({ number: index + 1, set, ...outcomeOf(set, verdicts) }));
}

function outcomeOf(set: ChangeSetSummary, verdicts: readonly Verdict[]): Pick<Round, "outcome" | "tone"> {
  if (set.commitSha !== null) {
    return {
      outcome: `${set.partial ? "published unfinished" : "published"} as ${set.commitSha.slice(0, 9)}`,
      tone: "good",
    };
  }
  const last = verdicts.filter(({ changeSetId }) => changeSetId === set.id).at(-1);
  if (last === undefined) return { outcome: "not judged", tone: "busy" };
  const good = ["approved", "allowed", "overridden"].includes(last.kind);
  return { outcome: `${last.kind} by the ${last.judge}`, tone: good ? "good" : "bad" };
}

/** Which round is on the page, and the way to the others. */
export function RoundPicker(input: {
  rounds: readonly Round[];
  shown: Round | undefined;
  unfinished: boolean;
  pick: (id: string) => void;
}): ComponentChild {
  const { rounds, shown, unfinished, pick } = input;
  const change = (event: Event) => {
    if (event.currentTarget instanceof HTMLSelectElement) pick(event.currentTarget.value);
  };
  const [known, setKnown] = useState(unfinished);
  useEffect(() => setKnown(known || unfinished), [unfinished]);
  const more = rounds.length + (known ? 1 : 0) > 1;
  return h(
    "div",
    { class: "split" },
    h(
      "h2",
      { id: "change" },
      "Change ",
      shown !== undefined && h("code", null, shown.set.digest.slice(0, 12)),
      " ",
      shown === undefined
        ? h(Chip, { tone: "asks" }, "Unfinished work, never proposed")
        : h(Chip, { tone: shown.tone }, shown.outcome),
    ),
    more &&
      h(
        "select",
        { "aria-label": "Round", value: shown?.set.id ?? UNFINISHED, onChange: change },
        ...rounds.map(({ number, set, outcome }) =>
          h("option", { value: set.id }, `Round ${number}, attempt ${set.attempt.number}: ${outcome}`),
        ),
        known && h("option", { value: UNFINISHED }, "Unfinished work"),
      ),
  );
}
