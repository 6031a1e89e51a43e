import { bounded, escapeText } from "@aicd/github";
import { mention } from "./mention.ts";

/** Questions of the agent as a comment; it waits for the answer. */
export function renderQuestions(questions: string[], asks: string): string {
  return bounded(
    [
      "## I need an answer before I go on",
      "",
      ...questions.map((question, index) => `${index + 1}. ${escapeText(question)}`),
      "",
      `${mention(asks)}, answer with \`/aicd revise <your answer>\`, or \`/aicd cancel\`.`,
    ].join("\n"),
  );
}
