import { isSafeBranch } from "./path.ts";

/** What a person may ask on a thread. */
export const VERBS = [
  "plan",
  "approve",
  "revise",
  "run",
  "retry",
  "cancel",
  "status",
  "explain",
  "help",
] as const;
export type Verb = (typeof VERBS)[number];

export type Command =
  | { kind: "command"; verb: Verb; hash?: string; text: string; flags: CommandFlags }
  | { kind: "unclear"; word: string; problem: string };
export type CommandFlags = {
  model?: string | undefined;
  budgetUsd?: number | undefined;
  base?: string | undefined;
};

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const TRIGGER = /^[/@]aicd(?:\s|$)/i;

/**
 * The first command in a comment, or undefined when there is none. A command is the first word of a
 * line; quotes and code fences are somebody else's words and do not count.
 */
export function parseCommand(body: string): Command | undefined {
  const lines = body.split(/\r?\n/);
  let fence: string | undefined;
  for (const [index, line] of lines.entries()) {
    const mark = FENCE.exec(line)?.[1];
    if (fence !== undefined) {
      if (mark?.startsWith(fence) && line.trim() === mark) fence = undefined;
      continue;
    }
    if (mark !== undefined) {
      fence = mark;
      continue;
    }
    if (!TRIGGER.test(line)) continue;
    return readCommand(line.slice(5).trim(), lines.slice(index + 1).join("\n"));
  }
  return undefined;
}

function readCommand(first: string, rest: string): Command {
  const words = first.split(/\s+/).filter((word) => word !== "");
  const word = (words[0] ?? "").toLowerCase();
  if (word === "") return { kind: "command", verb: "plan", text: rest.trim(), flags: {} };
  const verb = VERBS.find((known) => known === word);
  if (verb === undefined && !word.startsWith("--")) {
    return { kind: "unclear", word, problem: `\`${word.slice(0, 40)}\` is not a command.` };
  }
  const read = readFlags(verb === undefined ? words : words.slice(1));
  if (typeof read === "string") return { kind: "unclear", word, problem: read };
  const [head, ...tail] = read.words;
  if (verb === "approve") {
    if (head === undefined || !/^[0-9a-f]{12}$/i.test(head)) {
      return { kind: "unclear", word, problem: "`approve` needs the 12-character hash of the plan." };
    }
    return { kind: "command", verb, hash: head.toLowerCase(), text: tail.join(" "), flags: read.flags };
  }
  const text = [read.words.join(" "), rest.trim()].filter((part) => part !== "").join("\n");
  if (verb === "revise" && text === "") {
    return { kind: "unclear", word, problem: "`revise` needs to know what to change in the plan." };
  }
  return { kind: "command", verb: verb ?? "plan", text, flags: read.flags };
}

function readFlags(words: string[]): { words: string[]; flags: CommandFlags } | string {
  const flags: CommandFlags = {};
  const rest: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    if (!word.startsWith("--")) {
      rest.push(word);
      continue;
    }
    const [name = "", inline] = word.slice(2).split("=", 2);
    const value = inline ?? words[++i];
    if (value === undefined || value === "") return `\`--${name.slice(0, 40)}\` needs a value.`;
    if (name === "model") flags.model = value.slice(0, 200);
    else if (name === "base") {
      if (!isSafeBranch(value)) return "`--base` takes the name of a branch.";
      flags.base = value;
    } else if (name === "budget") {
      const amount = Number(value.replace(/^\$/, ""));
      if (!Number.isFinite(amount) || amount <= 0 || amount > 1_000) {
        return "`--budget` takes dollars between 0 and 1000, such as `--budget $5`.";
      }
      flags.budgetUsd = amount;
    } else return `\`--${name.slice(0, 40)}\` is not a flag; known: \`--model\`, \`--budget\`, \`--base\`.`;
  }
  return { words: rest, flags };
}
