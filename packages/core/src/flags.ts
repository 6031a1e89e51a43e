import { isSafeBranch } from "./path.ts";

export type CommandFlags = {
  model?: string | undefined;
  budgetUsd?: number | undefined;
  base?: string | undefined;
  /** Publish what there is, unfinished as it is. */
  partial?: true;
};

type ReadFlag = (value: string, flags: CommandFlags) => string | undefined;
type Flag = { read: ReadFlag } | { set: (flags: CommandFlags) => void; verb: string };

/** What may stand behind a command: with a value, of which each returns the problem, or alone and of one verb. */
const FLAGS: ReadonlyMap<string, Flag> = new Map<string, Flag>([
  ["model", { read: readModel }],
  ["base", { read: readBase }],
  ["budget", { read: readBudget }],
  ["partial", { set: (flags) => Object.assign(flags, { partial: true }), verb: "retry" }],
]);

const NAMES = [...FLAGS.keys()].map((name) => `\`--${name}\``).join(", ");

/** A phone makes one dash of two, and curly quotes of straight ones. */
const DASH = /^[\u2012-\u2015](?=[a-z])/i;
const QUOTED = /^(["'`\u2018-\u201f\u00ab\u00bb])(.*)["'`\u2018-\u201f\u00ab\u00bb]$/su;

/** A value without the quotes or backticks around it. */
export function unquoted(word: string): string {
  return QUOTED.exec(word)?.[2] ?? word;
}

/** A word as it was meant on a keyboard: a flag keeps its two dashes. */
export function typed(word: string): string {
  return word.replace(DASH, "--");
}

/**
 * Flags out of the words behind a verb.
 * @returns a sentence instead, when something among them cannot be taken
 */
export function readFlags(
  words: string[],
  verb: { name: string; takesFlags: boolean; takesText: boolean },
): { words: string[]; flags: CommandFlags } | string {
  const flags: CommandFlags = {};
  const rest: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const said = words[i] ?? "";
    const word = typed(said);
    const [name = "", ...inline] = word.startsWith("--") ? word.slice(2).split("=") : [];
    const flag = FLAGS.get(name.toLowerCase());
    // A dash in the middle of a sentence is one; so are somebody's own flags in a text about them.
    if (!word.startsWith("--") || (flag === undefined && isProse({ said, word, rest, verb }))) {
      rest.push(said);
      continue;
    }
    const shown = `\`--${name.slice(0, 40).replaceAll("`", "'")}\``;
    if (!verb.takesFlags)
      return `\`${verb.name}\` takes no ${shown}${verb.takesText ? "; put it in backticks if it is part of the text" : ""}.`;
    if (flag === undefined) return `${shown} is not a flag; known: ${NAMES}.`;
    if ("set" in flag) {
      if (verb.name !== flag.verb) return `\`${verb.name}\` takes no ${shown}; \`${flag.verb}\` does.`;
      if (inline.length > 0) return `${shown} takes no value.`;
      flag.set(flags);
      continue;
    }
    const value = unquoted(inline.length > 0 ? inline.join("=") : (words[++i] ?? ""));
    if (value === "") return `${shown} needs a value.`;
    const problem = flag.read(value, flags);
    if (problem !== undefined) return problem;
  }
  return { words: rest, flags };
}

function isProse(at: {
  said: string;
  word: string;
  rest: string[];
  verb: { takesFlags: boolean; takesText: boolean };
}): boolean {
  if (at.verb.takesText && !at.verb.takesFlags) return true;
  return at.said !== at.word && at.rest.length > 0;
}

function readModel(value: string, flags: CommandFlags): undefined {
  flags.model = value.slice(0, 200);
}

function readBase(value: string, flags: CommandFlags): string | undefined {
  if (!isSafeBranch(value)) return "`--base` takes the name of a branch.";
  flags.base = value;
  return undefined;
}

function readBudget(value: string, flags: CommandFlags): string | undefined {
  const amount = Number(value.replace(/^\$/, ""));
  if (!Number.isFinite(amount) || amount <= 0 || amount > 1_000) {
    return "`--budget` takes dollars between 0 and 1000, such as `--budget $5`.";
  }
  flags.budgetUsd = amount;
  return undefined;
}
