import type { Difference } from "@aicd/core";
import { codeSpan, fence, named } from "./written/index.ts";

/** Something that was edited since a plan was made, with a unified diff of it. */
export type EditShown = Pick<Difference, "what" | "of"> & { patch: string };

/** Which it is, in words. */
export function editInWords({ what, of }: Pick<EditShown, "what" | "of">): string {
  switch (what) {
    case "title":
      return "the issue's title was edited";
    case "body":
      return "the issue's text was edited";
    case "comment":
      return `a comment by ${named(of)} was edited or deleted`;
    case "newer":
      return `${named(of)} commented`;
    case "settings":
      return of === "" ? "the organisation's settings were changed" : `${codeSpan(of)} was changed`;
    case "instructions":
      return `${codeSpan(of)} was changed`;
  }
}

/** Each edit with its diff, in a fence that it cannot leave. */
export function editLines(edits: readonly EditShown[]): string[] {
  return edits.flatMap((edit) => [`- ${editInWords(edit)}`, "", fence(edit.patch, "diff"), ""]);
}
