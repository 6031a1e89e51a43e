import { describe, expect, it } from "vitest";
import type { Visits } from "./visits.ts";

const line = (number: number) => `const line${number} = ${number};\n`;
const lines = (count: number) => Array.from({ length: count }, (_, index) => line(index + 1)).join("");

/** What people do to read a change. */
export function describeChangeFlows(visits: Visits): void {
  const { base, open, sees, missing, plant, plantAttempt, plantChange, plantPlan, judge } = visits;

  describe("the change of a task", () => {
    it("is read round by round, also when the task failed", async () => {
      const task = await plant("FAILED", "Reads twice");
      const attempt = await plantAttempt(task);
      const first = await plantChange(task, attempt, {
        title: "First try",
        files: { "src/first.js": "let first = 1;\n" },
      });
      await judge(task, first, [
        "critic",
        "rejected",
        {
          approved: false,
          summary: "Not yet.",
          findings: [
            { path: "src/first.js", line: 1, severity: "major", why: "never read", wanted: "a const" },
          ],
        },
      ]);
      await plantChange(task, attempt, {
        title: "Second try",
        files: { "src/second.js": "const second = 2;\n" },
        evidence: {
          testChanges: { fixed: ["sums once"], broken: ["draws"], added: [], gone: [], failing: ["prints"] },
        },
      });
      const tab = await open(`${base}/tasks/${task}`);

      await sees(tab, /Second try.*1 file \+1 −0.*src\/second\.js new.*const second = 2;/);
      await sees(tab, /Broken 1 test draws.*Still failing 1 test prints.*Fixed 1 test sums once/);
      await tab.fill("Round", "Round 1, attempt 1: rejected by the critic");

      await sees(tab, /First try.*src\/first\.js.*Critic.*let first = 1; Critic: never read Wanted: a const/);
      await sees(tab, /Critic: rejected Not yet\./);
      await missing(tab, "const second = 2;");
    });

    it("names what the policy stopped and what nobody planned, at the file itself", async () => {
      const task = await plant("BLOCKED", "Touches the pipeline");
      const attempt = await plantAttempt(task);
      const change = await plantChange(task, attempt, {
        title: "Fix",
        files: { "src/sum.js": "1;\n", "ci/deploy.yml": "on: push\n" },
      });
      await plantPlan(task, "abcdefabcdef", {});
      await judge(task, change, [
        "policy",
        "blocked",
        {
          kind: "blocked",
          findings: [
            { rule: "path.protected", path: "ci/deploy.yml", message: "It deploys.", level: "block" },
          ],
        },
      ]);
      const tab = await open(`${base}/tasks/${task}`);

      await sees(tab, /ci\/deploy\.yml new Unplanned Policy \+1 −0 Policy: It deploys\. \(path\.protected\)/);
      await sees(tab, /src\/sum\.js new \+1 −0/);
    });

    it("is folded where it is long, and opened piece by piece", async () => {
      const task = await plant("CODING", "Generates much");
      const files = { "a.js": lines(20), "long.js": lines(900), "z.js": lines(20) };
      await plantChange(task, await plantAttempt(task), { title: "Much", files });
      const tab = await open(`${base}/tasks/${task}`);
      await sees(tab, /a\.js new \+20 −0.*const line20 = 20;/);
      expect(await tab.text()).not.toContain("line21");

      await tab.click("button", "long.js");
      await sees(tab, "const line400 = 400;");
      expect(await tab.text()).not.toContain("line401");
      await tab.click("button", "Show 400 more of 900 lines");
      await sees(tab, "const line800 = 800;");
      await tab.click("button", "Fold all");

      await missing(tab, "const line1 ");
      expect(await tab.count(".diff")).toBe(0);
    });

    it("stands side by side for who likes it so, and is remembered", async () => {
      const task = await plant("CODING", "Side by side");
      await plantChange(task, await plantAttempt(task), { title: "Sides", files: { "a.js": lines(2) } });
      const tab = await open(`${base}/tasks/${task}`);

      await tab.click("button", "Split");

      await expect.poll(() => tab.count(".diff.in-split")).toBe(1);
      await tab.click("button", "Unified");
      await expect.poll(() => tab.count(".diff.in-unified")).toBe(1);
    });

    it("is text, whatever is in it, and shows what would hide", async () => {
      const task = await plant("CODING", "Hostile");
      const content = `<img src=x onerror="document.title='owned'">\nif (a) { // \u202e } fi\u2066\n`;
      const path = "src/<b>bold</b>\u202egnp.js";
      await plantChange(task, await plantAttempt(task), {
        title: "<i>title</i>",
        files: { [path]: content },
      });
      const tab = await open(`${base}/tasks/${task}`);

      await sees(tab, `<img src=x onerror="document.title='owned'">`);
      await sees(tab, "<i>title</i>");
      await sees(tab, /src\/<b>bold<\/b> ?U\+202E ?gnp\.js/);
      await sees(tab, /if \(a\) { \/\/ U\+202E } fi ?U\+2066/);
      expect(await tab.count("main img, main b, main i")).toBe(0);
      expect(await tab.text()).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    });
  });

  describe("the plan of a task", () => {
    it("that was revised says what it changed, and the versions before can be read", async () => {
      const task = await plant("AWAITING_APPROVAL", "Planned thrice");
      await plantPlan(task, "aaaaaaaaaaaa", { risks: ["Old clients."] });
      await plantPlan(task, "bbbbbbbbbbbb", {
        cause: "Rounded in each share.",
        files: [{ path: "src/share.js", change: "Do not round." }],
      });
      await plantPlan(task, "cccccccccccc", {
        cause: "Rounded in each share.",
        files: [{ path: "src/share.js", change: "Do not round." }],
      });
      const tab = await open(`${base}/tasks/${task}`);

      await sees(tab, /Plan cccccccccccc proposed.*0 changes since version 2 The words are the same/);
      await tab.fill("Version of the plan", "Version 2, bbbbbbbbbbbb: void");
      await sees(tab, /4 changes since version 1 Cause Rounded twice\. Rounded in each share\./);
      await sees(tab, /src\/sum\.js Round the sum\. src\/share\.js Do not round\. Risks Old clients\./);
      // Nobody approves a text that is not on the screen.
      await expect.poll(() => tab.has("button", "Approve plan …")).toBe(false);
      await tab.fill("Version of the plan", "Version 1, aaaaaaaaaaaa: void");

      await missing(tab, "since version");
      await tab.fill("Version of the plan", "Version 3, cccccccccccc: proposed");
      await tab.click("button", "Approve plan …");
      await sees(tab, "Work starts on this very plan");
    });
  });
}
