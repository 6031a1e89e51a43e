import type { Difference } from "@aicd/core";
import type { Edit } from "@aicd/db";
import { createTwoFilesPatch } from "diff";

const PATCH_CHARACTERS = 2_000;
const EDITS = 10;
/** Beyond it two texts have little in common, and finding what would take long. */
const DISTANCE = 400;
/** Only so much of either text is compared. */
const TEXT_CHARACTERS = 20_000;

/** Differences as they are kept and shown: short unified diffs. */
export function toEdits(differences: readonly Difference[]): Edit[] {
  return differences
    .slice(0, EDITS)
    .map(({ what, of, before, now }) => ({ what, of, patch: patchOf(before, now) }));
}

function patchOf(before: string, now: string): string {
  const [old, fresh] = [before, now].map(
    (text) =>
      `${text.slice(0, TEXT_CHARACTERS).toWellFormed().replaceAll(/\r\n?/g, "\n").replace(/\n$/, "")}\n`,
  );
  const patch = createTwoFilesPatch("", "", old ?? "", fresh ?? "", "", "", {
    context: 2,
    maxEditLength: DISTANCE,
  });
  const lines = patch === undefined ? wholly(old ?? "", fresh ?? "") : patch.slice(patch.indexOf("\n@@") + 1);
  return cut(lines.trimEnd());
}

/** Too different for a diff: the one is gone, the other is there. */
function wholly(old: string, fresh: string): string {
  const half = PATCH_CHARACTERS / 2;
  const marked = (sign: string, text: string) =>
    text
      .slice(0, half)
      .toWellFormed()
      .split("\n")
      .map((line) => `${sign}${line}`)
      .join("\n");
  return `${marked("-", old)}\n${marked("+", fresh)}`;
}

function cut(patch: string): string {
  if (patch.length <= PATCH_CHARACTERS) return patch;
  return `${patch.slice(0, PATCH_CHARACTERS).toWellFormed()}\n…`;
}
