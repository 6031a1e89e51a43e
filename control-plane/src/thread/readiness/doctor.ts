import { line } from "@aicd/github";

/**
 * Answer to `/aicd doctor`: all that would stop a run, each with what to do.
 * @param problems `what` may have others' words in it; `fix` is ours, in Markdown
 */
export function renderDoctor(problems: readonly { what: string; fix: string }[]): string {
  if (problems.length === 0)
    return "Nothing stands in the way of a run here. What the runner itself has (programs, sandbox) shows when it runs; `npx aicd doctor` in a clone looks at a machine.";
  const count = problems.length === 1 ? "One thing stands" : `${problems.length} things stand`;
  return [
    `${count} in the way of a run here:`,
    "",
    ...problems.map(({ what, fix }) => `1. **${line(what)}** ${fix}`),
  ].join("\n");
}
