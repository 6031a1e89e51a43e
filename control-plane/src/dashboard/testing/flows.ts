import { describe, expect, it, onTestFinished } from "vitest";
import { send } from "../../api/testing/client.ts";
import type { World } from "../../api/testing/world.ts";
import { describeChangeFlows } from "./change-flows.ts";
import type { OpenTab } from "./tab.ts";
import { describeTimelineFlows } from "./timeline-flows.ts";
import { createVisits } from "./visits.ts";

/** What people do at the dashboard; the same with a browser and without one. */
export function describeFlows(world: World, openTab: OpenTab): void {
  const { ours, theirs, url } = world;
  const { pool } = world.database;
  const visits = createVisits(world, openTab);
  const { base, open, sees, missing, plant, set, stateOf, tell } = visits;

  describeChangeFlows(visits);
  describeTimelineFlows(visits);

  describe("tasks", () => {
    it("are listed, filtered by what the address says, and opened", async () => {
      const failed = await plant("FAILED", "Broken pipe in the reader");
      await plant("MERGED", "Colours of the chart");
      const tab = await open(base);
      await sees(tab, "Broken pipe in the reader");
      await sees(tab, "Colours of the chart");

      await tab.fill("State", "Failed");
      await missing(tab, "Colours of the chart");
      await sees(tab, "Broken pipe in the reader");
      expect(await tab.path()).toBe(`${base}?state=FAILED`);
      await tab.fill("Author", "nobody-of-that-name");
      await sees(tab, "No task fits these filters");
      await tab.go(`${base}/tasks?state=FAILED`);
      await sees(tab, "Broken pipe in the reader");
      expect(await tab.valueOf("State")).toBe("FAILED");
      await tab.go(`${base}/tasks/${failed}`);
      await sees(tab, "asked for by mona");
    });

    it("that wait for the reader come first, their own before others', and only once", async () => {
      const others = await plant("NEEDS_INPUT", "Asked by mona, waits");
      const own = await plant("BLOCKED", "Asked by me, waits");
      await set(own, `requested_by = '{"login":"member-ours","id":7}'`);
      await plant("MERGED", "Long done");
      const tab = await open(`${base}/tasks`, "member");

      await sees(tab, /Waiting for you .*Asked by me, waits.*Asked by mona, waits.*All others .*Long done/);
      expect((await tab.text()).match(/Asked by me, waits/g)).toHaveLength(1);
      await set(own, "state = 'PUBLISHING'");
      await sees(tab, /Waiting for you .*All others .*Publishing Asked by me, waits/);
      await set(others, "state = 'CODING'");
      await sees(tab, /Coding Asked by mona, waits/);
    });

    it("wait for nobody who may not decide on them", async () => {
      await plant("NEEDS_INPUT", "For those who may");
      const tab = await open(`${base}/tasks`, "viewer");

      await sees(tab, "For those who may");
      await missing(tab, "Waiting for you");
    });

    it("are searched by words of the title", async () => {
      await plant("MERGED", "Leap years are missing");
      await plant("MERGED", "Something else");
      const tab = await open(`${base}/tasks`);
      await tab.fill("Search", "LEAP");

      await missing(tab, "Something else");
      await sees(tab, "Leap years are missing");
      expect(await tab.path()).toBe(`${base}/tasks?text=LEAP`);
      await tab.fill("Search", "50% of nothing");
      await sees(tab, "No task fits these filters");
    });

    it("come page by page", async () => {
      for (let index = 0; index < 30; index++) await plant("CLOSED", `Number ${index} of many`);
      const tab = await open(`${base}/tasks?state=CLOSED`);
      await sees(tab, "Number 29 of many");
      expect(await tab.text()).not.toContain("Number 0 of many");

      await tab.click("button", "Show more");

      await sees(tab, "Number 0 of many");
      expect(await tab.count(".rows li")).toBe(30);
    });

    it("appear and move while somebody watches", async () => {
      const tab = await open(`${base}/tasks`);
      await sees(tab, "Tasks");
      const id = await plant("QUEUED", "Watched from the start");
      await set(id, "spent_micro_usd = 0");

      await sees(tab, /Queued Watched from the start/);
      await set(id, "state = 'CODING'");
      await sees(tab, /Coding Watched from the start/);
    });

    it("show what strangers wrote as text, never as markup", async () => {
      const title = `<img src=x onerror="document.title='owned'"><b>bold</b> & "quoted"`;
      const id = await plant("CODING", title);
      const tab = await open(`${base}/tasks/${id}`);

      await sees(tab, title);
      expect(await tab.count("main img, main b")).toBe(0);
    });

    it("tell what happens as it happens, each event once", async () => {
      const id = await plant("CODING", "A long road");
      const tab = await open(`${base}/tasks/${id}`);
      await sees(tab, "Planning started");
      await set(id, "state = 'REVIEWING'");

      await tell(id, "check.run", { command: "npm test", exitCode: 0 });
      await sees(tab, /Check passed npm test/);
      await tell(id, "tool.used", { tool: "read", detail: "src/a.js", ok: true });
      await sees(tab, "1 single step");
      expect(await tab.count(".timeline li")).toBe(3);
      await sees(tab, "The task is now: Reviewing");
    });
  });

  describe("a task", () => {
    it("is approved by the hash of the plan on the screen", async () => {
      const tab = await open(`${base}/tasks/${ours.taskId}`, "member");
      await sees(tab, "Sums are rounded twice.");
      await sees(tab, ours.planHash);

      await tab.click("button", "Approve plan …");
      await sees(tab, "Work starts on this very plan");
      await tab.click("button", "Approve");

      await sees(tab, "Plan approved by member-ours");
      await sees(tab, "approved by member-ours");
      expect(await stateOf(ours.taskId)).toBe("QUEUED");
      await expect.poll(() => tab.has("button", "Approve plan …")).toBe(false);
    });

    it("is answered, stopped and tried again from its page", async () => {
      const asked = await plant("NEEDS_INPUT", "Which currency?");
      const tab = await open(`${base}/tasks/${asked}`);
      await tab.click("button", "Answer …");
      await tab.fill("What is to change, or the answer", "Euros.");
      await tab.click("button", "Send");
      await sees(tab, "Answered by owner-ours");

      await tab.click("button", "Cancel task …");
      await tab.fill("Reason", "not needed any more");
      await tab.click("button", "Stop the task");
      await sees(tab, /Cancelled by owner-ours not needed any more/);
      expect(await stateOf(asked)).toBe("CANCELLED");

      const failed = await plant("FAILED", "Ran out of money");
      await set(failed, "reason = 'budget_exhausted'");
      await tab.go(`${base}/tasks/${failed}`);
      await sees(tab, "The budget is used up.");
      await tab.click("button", "Retry …");
      await tab.fill("More budget, in dollars", "5");
      await tab.click("button", "Try again");
      await sees(tab, "Retry asked for by owner-ours");
      const { rows } = await pool.query("SELECT budget_micro_usd FROM tasks WHERE id = $1", [failed]);
      expect(Number(rows[0]?.budget_micro_usd)).toBe(5_000_000);
    });

    it("shows what was written, what was run to prove it, and how it was judged", async () => {
      await set(ours.taskId, "phase = 'code'");
      const tab = await open(`${base}/tasks/${ours.taskId}`);

      await sees(tab, "Round once in widget");
      await sees(tab, /old\/widget\.js deleted/);
      await sees(tab, "Tests before: 3 passed, 1 failed. After: 4 passed, 0 failed.");
      await sees(tab, /exit 1 Before: npm test.*exit 0 After: npm test/);
      await sees(tab, /Critic: approved Fine for widget src\/sum\.js:3/);
      await sees(tab, "Policy: blocked");
    });

    it("says why something was refused, in the API's words", async () => {
      const id = await plant("NEEDS_INPUT", "Not theirs to steer");
      const tab = await open(`${base}/tasks/${id}`, "member");
      world.github.permissions.set("member-ours", "read");
      onTestFinished(() => void world.github.permissions.set("member-ours", "write"));
      await tab.click("button", "Cancel task …");

      await tab.click("button", "Stop the task");

      await sees(tab, "GitHub does not let member-ours write to this repository.");
      expect(await stateOf(id)).toBe("NEEDS_INPUT");
    });

    it("that is not there says so and what to do", async () => {
      const tab = await open(`${base}/tasks/${theirs.taskId}`);

      await sees(tab, "There is nothing here that you may see. Check the ids in the address.");
    });
  });

  describe("the organisation", () => {
    it("switches a repository off and on, and limits it", async () => {
      const tab = await open(`${base}/repositories`);
      await tab.click("link", "ours/widget");
      await tab.click("button", "Switch off");
      await sees(tab, "Off: nothing new is begun.");
      await tab.fill("Budget of a task, in dollars", "2.5");
      await tab.click("button", "Save limits");
      await sees(tab, "Saved.");

      await tab.reload();

      await sees(tab, "Off: nothing new is begun.");
      expect(await tab.valueOf("Budget of a task, in dollars")).toBe("2.5");
      await tab.click("button", "Switch on");
      await sees(tab, "On: a label or a command starts work.");
    });

    it("gives a member another role, and keeps its last owner", async () => {
      const tab = await open(`${base}/members`);
      await tab.fill("Role of viewer-ours", "Member");
      await sees(tab, "viewer-ours is now member.");
      await tab.fill("Role of owner-ours", "Admin");
      await sees(tab, "This is the last owner. Make somebody else an owner first.");
      await expect.poll(() => tab.valueOf("Role of owner-ours")).toBe("owner");
      await tab.fill("Role of viewer-ours", "Viewer");
      await sees(tab, "viewer-ours is now viewer.");
    });

    it("makes a key that is shown once and works, rotates it, and revokes it", async () => {
      const tab = await open(`${base}/api-keys`);
      await tab.fill("Name", "nightly report");
      await tab.click("button", "Make key");
      await sees(tab, "Copy nightly report now");
      const secret = /aicd_live_\w+/.exec(await tab.text())?.[0] ?? "";
      const ask = async () =>
        (await fetch(`${url}/v1/organizations`, { headers: { authorization: `Bearer ${secret}` } })).status;
      expect(await ask()).toBe(200);

      await tab.click("button", "I have it");
      await missing(tab, secret);
      await tab.click("button", "Rotate nightly report");
      await tab.click("button", "Make the new key");
      await sees(tab, "Copy nightly report now");
      expect(await tab.text()).not.toContain(secret);
      await tab.reload();
      await sees(tab, "nightly report");
      expect(await tab.text()).not.toContain("Copy nightly report now");
      for (let left = 2; left > 0; left--) {
        await tab.click("button", "Revoke nightly report");
        await tab.click("button", "Revoke it");
        await expect.poll(() => tab.has("button", "Revoke it")).toBe(false);
        await expect.poll(() => tab.count('[aria-label="Revoke nightly report"]')).toBe(left - 1);
      }
      expect(await ask()).toBe(401);
    });

    it("sets a secret that nobody sees again, and removes it", async () => {
      const value = "sk-ant-0123456789-abcdefghij";
      const tab = await open(`${base}/secrets`);
      await tab.fill("Value of ANTHROPIC_API_KEY", value);
      await tab.click("button", "Set");
      await sees(tab, "ANTHROPIC_API_KEY is set.");
      expect(await tab.text()).not.toContain(value);
      expect(await tab.valueOf("Value of ANTHROPIC_API_KEY")).toBe("");

      await tab.click("button", "Remove …");
      await tab.click("button", "Remove ANTHROPIC_API_KEY");
      await sees(tab, "ANTHROPIC_API_KEY is removed.");
    });

    it("adds an endpoint whose secret is shown once, rotates it, switches it off, and removes it", async () => {
      const tab = await open(`${base}/webhooks`);
      await tab.fill("Address", "https://tracker.example.com/in?key=theirs");
      await tab.click("button", "Add endpoint");
      await sees(tab, "Copy the secret of tracker.example.com now");
      const secret = /whsec_[\w+/=]+/.exec(await tab.text())?.[0] ?? "";
      expect(secret).not.toBe("");
      await tab.click("button", "I have it");
      await missing(tab, secret);
      expect(await tab.text()).not.toContain("key=theirs");

      await tab.click("link", "tracker.example.com");
      await sees(tab, "Nothing was sent yet");
      await tab.click("button", "Rotate secret …");
      await tab.click("button", "Rotate it");
      await sees(tab, /Copy the new secret now .*whsec_/);
      expect(await tab.text()).not.toContain(secret);
      await tab.click("button", "Edit …");
      await tab.fill("Address", "https://board.example.com/in");
      await tab.fill("What it is for", "The board in the hall");
      await tab.click("button", "Save");
      await sees(tab, "Saved. What happens from now on goes by it.");
      await sees(tab, /board\.example\.com .*The board in the hall/);
      await tab.click("button", "Switch off");
      await sees(tab, "Off. What happens is kept for it.");
      await tab.click("button", "Remove …");
      await tab.click("button", "Remove it");
      await expect.poll(() => tab.path()).toBe(`${base}/webhooks`);
      await expect.poll(() => tab.has("link", "board.example.com")).toBe(false);
    });

    it("sees what an endpoint was sent and answered, and sends it again", async () => {
      const tab = await open(`${base}/webhooks/${ours.endpointId}`);
      await sees(tab, /hooks\.example\.com .*Delivered A pull request was merged no answer, 1 send/);
      await tab.click("button", "Send a test");
      await sees(tab, /Pending A test not sent yet, 0 sends/);
      await tab.click("button", "Send again: A pull request was merged");

      await sees(tab, "It is sent again.");
      await sees(tab, "Pending A pull request was merged");
    });

    it("sees who did what, and what it cost", async () => {
      const secret = {
        path: `/v1/organizations/${ours.tenantId}/secrets/OPENAI_API_KEY`,
        token: ours.users.owner.token,
      };
      await send(world, { ...secret, method: "PUT", body: { value: "sk-0123456789" } });
      await send(world, { ...secret, method: "DELETE" });
      const tab = await open(`${base}/audit-log`);
      await sees(tab, "secret.set");
      await sees(tab, `${ours.users.owner.login} set the secret OPENAI_API_KEY`);
      await tab.fill("Action", "secret.removed");
      await missing(tab, "secret.set");
      await sees(tab, "secret.removed");
      expect(await tab.count(`a[download][href="/v1/organizations/${ours.tenantId}/audit-log/export"]`)).toBe(
        1,
      );

      await tab.go(`${base}/usage`);
      await sees(tab, "$0.12");
      await expect.poll(() => tab.count("svg .bar")).toBeGreaterThan(27);
      await sees(tab, "How work ended in the last 30 days");
      await sees(tab, /Success (\d+ %|–) \d+ got a pull request, \d+ failed; of \d+ tasks?/);
      await tab.fill("By", "Model");
      await sees(tab, "claude-sonnet-5");
      const csv = `a[download][href^="/v1/organizations/${ours.tenantId}/usage/spend/export?by=model&from="]`;
      expect(await tab.count(csv)).toBe(1);
      await missing(tab, "Of that not billed");
      // Not those of the timeline's task, which spent something too.
      const planted = [ours.taskId, ours.hidden.taskId];
      await pool.query("UPDATE usage SET excused = 'internal_error' WHERE task_id = ANY ($1)", [planted]);
      await tab.reload();
      await sees(tab, "Of that not billed: $0.25");
      await sees(tab, "Something went wrong on our side.");
      await tab.go(`${base}/runners`);
      await sees(tab, "On its way");
    });

    it("is paused and goes on, and has a budget of a month", async () => {
      const tab = await open(`${base}/settings`);
      await tab.click("button", "Pause …");
      await tab.click("button", "Pause the organisation");
      await sees(tab, "Nothing new begins.");
      await tab.fill("Budget of a month, in dollars", "250");
      await tab.fill("Vendor", "anthropic");
      await tab.click("button", "Save");
      await sees(tab, "Saved.");

      await tab.reload();

      await sees(tab, "Nothing new begins.");
      expect(await tab.valueOf("Budget of a month, in dollars")).toBe("250");
      expect(await tab.valueOf("Vendor")).toBe("anthropic");
      await tab.click("button", "Go on");
      await sees(tab, "Work goes on.");
    });

    it("is changed for another one of the same person", async () => {
      const { userId, login } = ours.users.owner;
      await pool.query(
        "INSERT INTO memberships (tenant_id, user_id, login, role, source) VALUES ($1, $2, $3, 'viewer', 'set')",
        [theirs.tenantId, userId, login],
      );
      const tab = await open("/");
      await sees(tab, "Audit log");

      await tab.fill("Organisation", "theirs");

      await expect.poll(() => tab.path()).toBe("/organizations/theirs");
      await missing(tab, "Audit log");
      await tab.go("/organizations/theirs/secrets");
      await sees(tab, "your role in theirs (viewer) does not permit it");
      await tab.go("/organizations/somebody-else");
      await sees(tab, "You are no member of somebody-else here");
    });
  });
}
