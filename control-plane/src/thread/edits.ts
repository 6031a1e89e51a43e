import { type EditShown, editLines } from "@aicd/github";

/** An approval that speaks of what is not there any more, with what was edited. */
export function renderVoid(hash: string, edits: readonly EditShown[]): string {
  const why = edits.length === 0 ? "The rules were changed" : "What it was made from was edited";
  return [
    `${why} after plan \`${hash}\` was shown, so its approval is void. I am making a new plan.`,
    "",
    ...editLines(edits),
  ]
    .join("\n")
    .trimEnd();
}

/** What was edited while a task goes on without it; for the sticky comment. */
export function editsOfTask(
  edits: readonly EditShown[],
  { hasPullRequest }: { hasPullRequest: boolean },
): string[] {
  if (edits.length === 0) return [];
  const how = hasPullRequest
    ? "Submit a review on the pull request that asks for it."
    : "`/aicd cancel`, then `/aicd`, plans anew from what is there now; after a failure `/aicd retry` does.";
  return [
    "<details><summary>Edited since the approval, and no part of the work</summary>",
    "",
    ...editLines(edits),
    how,
    "",
    "</details>",
    "",
  ];
}
