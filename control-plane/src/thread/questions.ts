import { bounded, listItem, mention } from "@aicd/github";

/** Questions of the agent as a comment; it waits for the answer. */
export function renderQuestions(questions: string[], asks: string): string {
  return bounded(
    [
      "## I need an answer before I go on",
      "",
      ...questions.map((question, index) => `${index + 1}. ${listItem(question)}`),
      "",
      `${mention(asks)}, answer with \`/aicd revise <your answer>\`, or \`/aicd cancel\`.`,
    ].join("\n"),
  );
}
