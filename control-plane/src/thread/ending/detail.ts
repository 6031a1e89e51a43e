import type { FailureReason } from "@aicd/core";
import { codeSpan, fence, quote } from "@aicd/github";
import { cutEnd, lastLines } from "./cut.ts";
import { failingTests, listTests } from "./failing-tests.ts";

const PROSE_CHARACTERS = 3_000;
const OUTPUT_CHARACTERS = 1_200;
/** Length at which the runner cuts an output: its first line may begin in the middle. */
const CUT_AT = 1_500;
/** The line by which a runner says how a check ended; what follows is the check's own output. */
const ENDED = /^`(?<command>[^`\n]+)` (?<end>ends with exit code \d+|did not end)(?<rest>[^\n]*)$/gm;

/** What a task says of its end, as Markdown that its own text cannot leave: prose in a quote, outputs in fences. */
export function renderDetail(task: { reason: FailureReason | null; detail: string | null }): string[] {
  const detail = task.detail?.trim() ?? "";
  if (detail === "") return [];
  const checks = task.reason === "checks_failed" ? [...detail.matchAll(ENDED)] : [];
  if (checks.length === 0) return quoted(detail);
  return checks.slice(0, 3).flatMap((check, index) => {
    const output = detail.slice(check.index + check[0].length, checks[index + 1]?.index).trim();
    return renderCheck(check.groups ?? {}, output);
  });
}

/** In a quote a fence or a heading of somebody's ends with the quote. */
export function quoted(text: string): string[] {
  return [...quote(cutEnd(text, PROSE_CHARACTERS)), ""];
}

function renderCheck(check: Partial<Record<string, string>>, output: string): string[] {
  const { command = "", end = "", rest = "" } = check;
  const whole = output.length >= CUT_AT ? output.slice(output.indexOf("\n") + 1) : output;
  const counts = /\(\d+ passed, \d+ failed\)/.exec(rest)?.[0] ?? "";
  const tests = failingTests(output);
  const lines = [`${codeSpan(command)} ${end}${counts === "" ? "" : ` ${counts}`}.`, ""];
  if (tests.length > 0) {
    lines.push(`Failing test${tests.length === 1 ? "" : "s"}:`, "", fence(listTests(tests), "text"), "");
  }
  if (whole === "") return lines;
  const block = fence(lastLines(whole, OUTPUT_CHARACTERS), "text");
  return [...lines, "<details><summary>The end of its output</summary>", "", block, "", "</details>", ""];
}
