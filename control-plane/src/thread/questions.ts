import { bounded, escapeText } from "@aicd/github";

/** Questions of the agent as a comment; it waits for the answer. */
export function renderQuestions(questions: string[]): string {
  return bounded(
    [
      "## I need an answer before I go on",
      "",
      ...questions.map((question, index) => `${index + 1}. ${escapeText(question)}`),
      "",
      "Answer with `/aicd revise <your answer>`, or `/aicd cancel`.",
    ].join("\n"),
  );
}
