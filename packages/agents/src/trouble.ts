import type { Stopped } from "@aicd/core";
import type { CallPart, ModelFailure, StopReason } from "./models/model.ts";

const IDLE_ANSWERS = 3;
const LAST_WORDS = 1_000;
const ERRORS_IN_ROW = 10;
const REPEATS_WARNED = 3;
const REPEATS_STOPPED = 6;
const CHANGING = new Set(["edit", "write"]);

export type Trouble = {
  /** What to do about an answer before its calls run: go on, say something instead, or stop. */
  afterAnswer(answer: {
    calls: CallPart[];
    stop: StopReason;
    /** What was said beside the calls. */
    words?: string;
  }): { kind: "go" } | { kind: "say"; text: string } | Stopped;
  /**
   * The words to add to the result of each call; endless repetition and endless errors stop the loop. Counted
   * by answers: what a model asks in one breath, it asks before it has seen a result.
   */
  afterCalls(
    ran: { call: CallPart; outcome: { kind: "ok" | "error"; text: string } }[],
  ): { kind: "add"; words: string[] } | Stopped;
};

/** Remembers a model's missteps within one loop and decides when there were too many. */
export function troubleOf(): Trouble {
  let idle = 0;
  let errors = 0;
  const seen = new Map<string, number>();

  return {
    afterAnswer({ calls, stop, words = "" }) {
      if (stop === "refusal") {
        return stopped("model_refused", `The model declined to work on this.${lastWords(words)}`);
      }
      const complaint = complaintAbout(calls, stop);
      if (complaint === undefined) {
        idle = 0;
        return { kind: "go" };
      }
      idle += 1;
      if (idle < IDLE_ANSWERS) return { kind: "say", text: complaint };
      const said = `The model gave ${idle} answers in a row without a usable action.`;
      return stopped("model_misbehaved", said + lastWords(words));
    },
    afterCalls(ran) {
      errors = ran.every(({ outcome }) => outcome.kind === "error") ? errors + 1 : 0;
      if (errors >= ERRORS_IN_ROW) {
        return stopped(
          "model_misbehaved",
          `The model gave ${errors} answers in a row whose calls all failed.`,
        );
      }
      const counted = new Set<string>();
      const words: string[] = [];
      for (const { call, outcome } of ran) {
        // After a change the same command may well answer something else.
        if (outcome.kind === "ok" && CHANGING.has(call.name)) seen.clear();
        const key = keyOf(call, outcome.text);
        const times = (seen.get(key) ?? 0) + (counted.has(key) ? 0 : 1);
        counted.add(key);
        seen.set(key, times);
        if (times >= REPEATS_STOPPED) {
          return stopped(
            "model_misbehaved",
            `The model repeated the same call of \`${call.name}\` ${times} times.`,
          );
        }
        const warning = `\n[You made this very call ${times} times and nothing has changed since. Do something else.]`;
        words.push(times < REPEATS_WARNED ? "" : warning);
      }
      return { kind: "add", words };
    },
  };
}

/** A model that gives up mostly says why; a person should read it. */
function lastWords(words: string): string {
  const said = words.trim().slice(-LAST_WORDS);
  return said === "" ? "" : ` Its last words: ${said}`;
}

/** A call with its answer. Times and counts aside: no two runs of a test take equally long. */
function keyOf({ name, input }: CallPart, answer: string): string {
  return JSON.stringify([name, input, answer.replace(/\d+/g, "0")]);
}

function complaintAbout(calls: CallPart[], stop: StopReason): string | undefined {
  if (stop === "length") {
    return "Your answer was cut at the length limit, so nothing of it was run. Work in smaller steps: write long files in parts, with `write` and then `edit`.";
  }
  if (calls.length > 0) return undefined;
  return "Your answer called no tool. Go on with a tool call, or end your work with the finish tool.";
}

/** Why the loop ends when a model cannot be had any more. */
export function stopOfFailure(failure: ModelFailure): Stopped {
  const { kind, message } = failure;
  if (kind === "aborted") return stopped("time_exhausted", "The work was stopped from outside.");
  if (kind === "exhausted")
    return stopped("budget_exhausted", `No more model calls are paid for: ${message}`);
  if (kind === "context") return stopped("model_misbehaved", "The conversation outgrew the model's context.");
  if (kind === "endless") return stopped("model_misbehaved", `The model's answer had no end: ${message}`);
  // A wrong key or a name the vendor does not know: asking again would be told the same.
  if (kind === "rejected") return stopped("model_rejected", `The vendor said: ${message}`);
  return stopped("model_unavailable", `The model could not be reached (${kind}): ${message}`);
}

function stopped(reason: Stopped["reason"], detail: string): Stopped {
  return { kind: "stopped", reason, detail };
}
