import { describe, expect, it } from "vitest";
import type { Visits } from "./visits.ts";

/** What people do to read what happened. */
export function describeTimelineFlows(visits: Visits): void {
  const { base, open, sees, missing, plant, plantAttempt, tell, tellSteps } = visits;

  describe("the timeline of a task", () => {
    it("goes attempt by attempt, says what each took, and folds those that are over", async () => {
      const task = await plant("CODING", "Tried twice");
      const first = await plantAttempt(task, {
        ...{ state: "failed", reason: "budget_exhausted", detail: "All of it is spent.", minutes: 3 },
        spent: { microUsd: 1_250_000, tokens: { input: 900, output: 100, cacheRead: 9_000, cacheWrite: 0 } },
      });
      const second = await plantAttempt(task, { state: "leased" });
      await tell(task, "check.run", { attemptId: first, command: "npm run old", exitCode: 1 });
      await tell(task, "retry.requested", { by: "mona" });
      await tell(task, "check.run", { attemptId: second, command: "npm run new", exitCode: 0 });
      const tab = await open(`${base}/tasks/${task}`);

      await sees(tab, /Attempt 2, coding leased for .*Check passed npm run new .*Retry asked for by mona/);
      await sees(tab, /Attempt 1, coding failed 3 min 0 s · 10,000 tokens \(100 written\) · \$1\.25/);
      expect(await tab.text()).not.toContain("npm run old");
      await tab.click("button", "Attempt 1, coding");

      await sees(tab, /All of it is spent\. Check failed npm run old/);
      await tab.click("button", "Attempt 2, coding");
      await missing(tab, "npm run new");
    });

    it("shows a flood of single steps as their count, and the last ones to who opens them", async () => {
      const task = await plant("CODING", "Reads everything");
      const attempt = await plantAttempt(task, { state: "leased" });
      await tell(task, "coding.started", { attemptId: attempt, number: 1 });
      const tab = await open(`${base}/tasks/${task}`);
      await sees(tab, "Coding started");

      await tellSteps(task, attempt, 1_500);

      await sees(tab, "1,500 single steps");
      expect(await tab.text()).not.toContain("file 1500");
      await tab.click("button", "1,500 single steps");
      await sees(tab, /read 1500\. The last 200 are shown\. read file 1500 /);
      await sees(tab, "file 1301 ");
      await missing(tab, "file 1300 ");
    });

    it("has what was answered to each thread of a review, as text", async () => {
      const task = await plant("PR_OPEN", "Reviewed");
      await plantAttempt(task, {
        receipts: [
          { commentId: 7, kind: "changed", text: "Renamed `a` <b>everywhere</b>." },
          { commentId: 8, kind: "declined", text: "It is a contract." },
        ],
      });
      const tab = await open(`${base}/tasks/${task}`);

      await sees(tab, /Answers to the review Changed Renamed a <b>everywhere<\/b>\. .*Not changed It is a/);
      expect(await tab.count("main b")).toBe(0);
    });
  });
}
