import { DEFAULT_SETTINGS, type Plan, type Snapshot, type Transcript } from "@aicd/core";
import { afterEach, describe, expect, it } from "vitest";
import { createModelAgent } from "../model-agent.ts";
import { createScope } from "../testing/scope.ts";
import {
  type Answer,
  calling,
  startVendor,
  type TestVendor,
  VENDORS,
  type Vendor,
} from "../testing/vendor.ts";

const person = { login: "ada", permission: "write" } as const;
const snapshot: Snapshot = {
  issue: { number: 7, title: "two is wrong", body: "", author: person, url: "https://example.com/7" },
  comments: [],
  guidance: [],
  removed: [],
};
const PLAN: Plan = {
  title: "Mend",
  understanding: "It is wrong.",
  cause: "A typo.",
  files: [{ path: "a.ts", change: "Mend it." }],
  tests: [],
  checks: [],
  risks: [],
  questions: [],
  estimate: { changedLines: 1, lowUsd: 0, likelyUsd: 0, highUsd: 0 },
};
const task = { snapshot, settings: DEFAULT_SETTINGS, instructions: "", startSha: "s1" };
const SUBMIT = { title: "Mend", summary: "Mended.", receipts: [] };
const FILES = { "a.ts": "one\ntwo\n", "b.ts": "b ".repeat(2_000) };

const vendors: TestVendor[] = [];
afterEach(async () => {
  for (const vendor of vendors.splice(0)) await vendor.stop();
});

async function agentOf(answers: Answer[], name: Vendor = "anthropic") {
  const vendor = await startVendor(answers);
  vendors.push(vendor);
  const model = vendor.model(name);
  const agent = createModelAgent({ models: { planner: model, coder: model, critic: model } });
  return { agent, requests: () => vendor.requests() };
}

/** The conversation of a plan that looked at both files. */
async function planned(name: Vendor = "anthropic"): Promise<Transcript> {
  const looks = calling(["read", { path: "a.ts" }], ["read", { path: "b.ts" }]);
  const { agent } = await agentOf([looks, calling(["submit_plan", PLAN])], name);
  const outcome = await agent.plan(task, createScope(FILES));
  if (outcome.kind !== "planned" || outcome.transcript === undefined) throw new Error("no transcript");
  return outcome.transcript;
}

const coding = calling(["edit", { path: "a.ts", old: "two", new: "2" }], ["submit_change", SUBMIT]);
const work = { ...task, plan: PLAN, findings: [], evidence: undefined };

describe("one conversation", () => {
  it.each(VENDORS)("goes on behind the plan with the same prefix and tools, by %s", async (name) => {
    const plan = await agentOf([calling(["read", { path: "a.ts" }]), calling(["submit_plan", PLAN])], name);
    const made = await plan.agent.plan(task, createScope(FILES));
    const transcript = made.kind === "planned" ? made.transcript : undefined;
    const code = await agentOf([coding], name);

    const outcome = await code.agent.code({ ...work, transcript }, createScope(FILES));

    expect(outcome).toMatchObject({ kind: "coded", summary: "Mended." });
    const [last] = plan.requests().slice(-1);
    const [first] = code.requests();
    expect(first?.tools).toEqual(last?.tools);
    expect(first?.messages.slice(0, last?.messages.length)).toEqual(last?.messages);
    expect(String(first?.messages.at(-1)?.content)).toMatch(/^The plan is approved as you handed it in\./);
  });

  it("refuses to change or run anything before the approval", async () => {
    const early = calling(["write", { path: "a.ts", content: "" }], ["run", { command: "rm a.ts" }]);
    const { agent, requests } = await agentOf([early, calling(["submit_plan", PLAN])]);
    const scope = createScope(FILES);

    await agent.plan(task, scope);

    expect(scope.files.get("a.ts")).toBe(FILES["a.ts"]);
    const results =
      requests()
        .at(-1)
        ?.messages.filter(({ role }) => role === "tool") ?? [];
    expect(results.map(({ content }) => content)).toEqual([
      expect.stringContaining("not approved yet"),
      expect.stringContaining("not approved yet"),
    ]);
  });

  it("says the plan that was approved, and what people said and the branch did since", async () => {
    const { agent, requests } = await agentOf([coding]);
    const said = { ...snapshot, guidance: [{ author: person, text: "Keep it short." }] };
    const plan = { ...PLAN, cause: "Another cause." };
    const transcript = await planned();

    await agent.code({ ...work, plan, snapshot: said, startSha: "s2", transcript }, createScope(FILES));

    const told = String(requests()[0]?.messages.at(-1)?.content);
    for (const words of ["Another cause.", "Keep it short.", "The branch has moved on"]) {
      expect(told).toContain(words);
    }
  });

  it("is shortened where no cache holds it any more, but for the files of the plan", async () => {
    const { agent, requests } = await agentOf([coding]);
    const transcript = { ...(await planned()), atMs: -3_600_000 };

    await agent.code({ ...work, transcript }, createScope(FILES));

    const [a, b] = requests()[0]?.messages.filter(({ role }) => role === "tool") ?? [];
    expect(a?.content).toBe("one\ntwo");
    expect(String(b?.content)).toMatch(/characters condensed away/);
  });

  it("goes on with findings as the answer to what was handed in", async () => {
    const { agent, requests } = await agentOf([coding, calling(["submit_change", SUBMIT])]);
    const first = await agent.code({ ...work, transcript: await planned() }, createScope(FILES));
    const transcript = first.kind === "coded" ? first.transcript : undefined;
    const finding = { path: "a.ts", line: 1, severity: "major", why: "Zero.", wanted: "A test." } as const;

    await agent.code({ ...work, findings: [finding], transcript }, createScope(FILES));

    const [before, after] = requests();
    expect(after?.messages.slice(0, before?.messages.length)).toEqual(before?.messages);
    expect(String(after?.messages.at(-1)?.content)).toContain("[major] a.ts:1: Zero.");
  });

  it.each(["", "{", JSON.stringify({ messages: [], told: [] })])(
    "is begun anew where what was kept is none (%j)",
    async (body) => {
      const { agent, requests } = await agentOf([coding]);

      const outcome = await agent.code(
        { ...work, transcript: { by: "x", startSha: "s1", atMs: 0, body } },
        createScope(FILES),
      );

      expect(outcome.kind).toBe("coded");
      expect(JSON.stringify(requests()[0]?.messages)).toContain("The approved plan:");
    },
  );

  it("does not count a hand-in behind a command that failed", async () => {
    const failing = calling(["run", { command: "false" }], ["submit_change", SUBMIT]);
    const { agent, requests } = await agentOf([failing, calling(["submit_change", SUBMIT])]);

    const outcome = await agent.code(work, createScope(FILES));

    expect(outcome.kind).toBe("coded");
    expect(requests()).toHaveLength(2);
  });
});

describe("the critic", () => {
  const evidence = { setup: [], before: [], after: [], sandbox: "process" };
  const verdict = { approved: true, summary: "Good.", findings: [] };

  it("judges in one call, with the change before it", async () => {
    const { agent, requests } = await agentOf([calling(["submit_review", verdict])]);

    const outcome = await agent.review(
      { ...task, plan: PLAN, diff: " one\n-two\n+2", evidence },
      createScope(),
    );

    expect(outcome).toEqual({ kind: "reviewed", verdict });
    expect(requests()).toHaveLength(1);
    expect(JSON.stringify(requests()[0]?.messages)).toContain(" one\\n-two\\n+2");
  });

  it("runs one command at most, where a change is not small", async () => {
    const large = { ...PLAN, estimate: { ...PLAN.estimate, changedLines: 400 } };
    const twice = calling(["run", { command: "one" }], ["run", { command: "two" }]);
    const { agent, requests } = await agentOf([twice, calling(["submit_review", verdict])]);

    await agent.review({ ...task, plan: large, diff: "", evidence }, createScope());

    const results = requests()[1]?.messages.filter(({ role }) => role === "tool") ?? [];
    expect(results.map(({ content }) => content)).toEqual([
      "[exit code 0]\nran one",
      expect.stringContaining("You have run your command"),
    ]);
  });
});
