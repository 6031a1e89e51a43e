import { type CommandFlags, readFlags, typed, unquoted } from "./flags.ts";
import { type SpokenLine, spokenLines, withoutComments } from "./spoken.ts";

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
  "ask",
  "doctor",
  "help",
] as const;
export type Verb = (typeof VERBS)[number];

export type Command =
  | { kind: "command"; verb: Verb; hash?: string; text: string; flags: CommandFlags }
  | { kind: "unclear"; word: string; problem: string };
export type { CommandFlags };

/** GitHub takes no longer comment; what is behind that was never written in one. */
const BODY_CHARACTERS = 65_536;
const TRIGGER = /^[/@]aicd(?:\s|$)/i;
const WITH_FLAGS: ReadonlySet<Verb> = new Set(["plan", "run", "retry"]);
const WITH_TEXT: ReadonlySet<Verb> = new Set([...WITH_FLAGS, "revise", "ask"]);
/** How a question begins that needs no mark at its end to be one. */
const ASKING = /^(?:what|why|how|which|who|whose|when|where|did)(?:'s|\u2019s)?$/i;
/** Verbs that are nothing without words, and what those are. */
const WORDS_OF: Partial<Record<Verb, string>> = {
  revise: "to know what to change in the plan",
  ask: "a question about the work, such as `/aicd ask what did you change and why?`",
};

/** The first command in a comment, or undefined when there is none: the first word of a line of its author's own. */
export function parseCommand(written: string): Command | undefined {
  const body = written.slice(0, BODY_CHARACTERS);
  // Most comments have none, and are not read at all.
  if (!/[/@]aicd/i.test(body)) return undefined;
  const line = spokenLines(body).find((spoken) => TRIGGER.test(spoken.text) && isMeant(spoken, body));
  if (line === undefined) return undefined;
  if (line.code) return readCommand(line.text.slice(5).trim(), "");
  const said = body
    .split(/\r\n?|\n/)
    .slice(line.number)
    .join("\n")
    .trimStart();
  const [first = "", ...rest] = withoutComments(said).slice(5).split("\n");
  return readCommand(first.trim(), rest.join("\n"));
}

/** A code span shows a command rather than gives it, but for a plan's own hash, or one that is all there is. */
function isMeant({ code, text }: SpokenLine, body: string): boolean {
  if (!code) return true;
  return /^\S+\s+approve\b/i.test(text) || /^`+[^`]*`+$/.test(body.trim());
}

function readCommand(first: string, rest: string): Command {
  const words = first.split(/\s+/).filter((word) => word !== "");
  const word = typed(words[0] ?? "").toLowerCase();
  if (word === "") return { kind: "command", verb: "plan", text: rest.trim(), flags: {} };
  const named = VERBS.find((known) => known === word);
  if (named === undefined && isQuestion(first, word)) {
    return { kind: "command", verb: "ask", text: [first, rest.trim()].join("\n").trim(), flags: {} };
  }
  if (named === undefined && !word.startsWith("--")) {
    const shown = word.slice(0, 40).replaceAll("`", "'");
    return { kind: "unclear", word, problem: `\`${shown}\` is not a command.` };
  }
  const verb = named ?? "plan";
  const takesFlags = WITH_FLAGS.has(verb);
  const takes = { name: verb, takesFlags, takesText: WITH_TEXT.has(verb) };
  const read = readFlags(named === undefined ? words : words.slice(1), takes);
  if (typeof read === "string") return { kind: "unclear", word, problem: read };
  const [head, ...tail] = read.words;
  if (verb === "approve") {
    const hash = unquoted(head ?? "");
    if (!/^[0-9a-f]{12}$/i.test(hash)) {
      return { kind: "unclear", word, problem: "`approve` needs the 12-character hash of the plan." };
    }
    return { kind: "command", verb, hash: hash.toLowerCase(), text: tail.join(" "), flags: read.flags };
  }
  const text = [read.words.join(" "), rest.trim()].filter((part) => part !== "").join("\n");
  const missing = text === "" ? WORDS_OF[verb] : undefined;
  if (missing !== undefined) return { kind: "unclear", word, problem: `\`${verb}\` needs ${missing}.` };
  return { kind: "command", verb, text, flags: read.flags };
}

/** Nobody writes a wish with a question mark at the end of its line, and what only asks costs nothing. */
function isQuestion(line: string, firstWord: string): boolean {
  return line.endsWith("?") || ASKING.test(firstWord);
}
