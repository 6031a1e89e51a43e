import type { Evidence } from "./evidence.ts";

type Changes = NonNullable<Evidence["testChanges"]>;
type Kind = keyof Changes;

const KINDS = ["fixed", "broken", "added", "gone", "failing"] as const satisfies Kind[];
/** What each round's word for a test makes of the word it had; undefined: nothing is left to say of it. */
const AFTER: Record<Kind, (before: Kind | undefined) => Kind | undefined> = {
  fixed: (before) => (before === "broken" ? undefined : before === "failing" ? "fixed" : (before ?? "fixed")),
  broken: (before) => (before === "fixed" ? undefined : "broken"),
  added: (before) => (before === "gone" ? undefined : "added"),
  gone: (before) => (before === "added" ? undefined : "gone"),
  failing: (before) => before ?? "failing",
};
const MOST = 50;

/**
 * The proof of all rounds of a task as one: how the base stood before the first, the proof of the bug from the
 * round that had it, how it stands after the last, and test by test from the one to the other.
 */
export function wholeEvidence(rounds: readonly [Evidence, ...Evidence[]]): Evidence {
  const last = rounds.at(-1) ?? rounds[0];
  if (rounds.length === 1) return last;
  const before = rounds.find((round) => round.before.length > 0)?.before ?? [];
  const reproduction = rounds.find((round) => (round.reproduction ?? []).length > 0)?.reproduction;
  const testChanges = wholeChanges(rounds.flatMap((round) => round.testChanges ?? []));
  const weakened = new Map(
    rounds.flatMap((round) =>
      (round.weakened ?? []).map((one) => [`${one.path}\0${one.what}`, one] as const),
    ),
  );
  return {
    setup: last.setup,
    before,
    after: last.after,
    sandbox: last.sandbox,
    weakened: [...weakened.values()].slice(0, MOST),
    ...(reproduction === undefined ? {} : { reproduction }),
    ...(testChanges === undefined ? {} : { testChanges }),
  };
}

function wholeChanges(rounds: Changes[]): Changes | undefined {
  if (rounds.length === 0) return undefined;
  const words = new Map<string, Kind>();
  for (const round of rounds) {
    for (const kind of KINDS) {
      for (const name of round[kind] ?? []) {
        const now = AFTER[kind](words.get(name));
        if (now === undefined) words.delete(name);
        else words.set(name, now);
      }
    }
  }
  const named = (kind: Kind) =>
    [...words].flatMap(([name, word]) => (word === kind ? [name] : [])).slice(0, MOST);
  const failing = named("failing");
  return {
    fixed: named("fixed"),
    broken: named("broken"),
    added: named("added"),
    gone: named("gone"),
    ...(failing.length === 0 ? {} : { failing }),
  };
}
