import { type Finding, hidesInPath, type PolicyFinding, showHidden } from "@aicd/core";
import type { CheckAnnotation } from "@aicd/github";

const LEVELS = {
  blocker: "failure",
  major: "warning",
  minor: "notice",
} as const satisfies Record<Finding["severity"], CheckAnnotation["level"]>;

/** GitHub's "Create a check run": 64 KB a message, 255 characters a title. Nobody reads that much at a line. */
const MESSAGE = 4_000;
const TITLE = 200;
/** What a finding of a whole file is shown at. */
const FIRST_LINE = 1;

/**
 * What critic and policy found, at the lines they speak of. The order is that of the findings, so that the same ones
 * come out the same. What speaks of no file is not here: it stands in the summary.
 */
export function annotationsOf(found: {
  critic: readonly Finding[];
  policy: readonly PolicyFinding[];
}): CheckAnnotation[] {
  return [
    ...found.policy.flatMap(({ rule, path, message, level }) =>
      at(path, null, {
        level: level === "refuse" ? "failure" : "warning",
        title: `Policy: ${rule}`,
        message,
      }),
    ),
    ...found.critic.flatMap(({ path, line, severity, why, wanted }) =>
      at(path, line, {
        level: LEVELS[severity],
        title: `Critic: ${severity}`,
        message: wanted === "" ? why : `${why}\n\nWanted: ${wanted}`,
      }),
    ),
  ];
}

function at(
  path: string | null,
  line: number | null,
  said: Pick<CheckAnnotation, "level" | "title" | "message">,
): CheckAnnotation[] {
  if (path === null || path === "" || hidesInPath(path)) return [];
  return [
    {
      path,
      line: line === null || line < FIRST_LINE ? FIRST_LINE : line,
      level: said.level,
      title: showHidden(said.title).slice(0, TITLE).toWellFormed(),
      message: showHidden(said.message).slice(0, MESSAGE).toWellFormed(),
    },
  ];
}
