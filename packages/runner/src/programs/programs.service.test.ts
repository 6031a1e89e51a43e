import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { createOpenAgent, type ModelChoice } from "@aicd/agents";
import type { AgentRole, SandboxLevel } from "@aicd/core";
import { type ChatCompletionRequest, type FixtureResponse, LLMock } from "@copilotkit/aimock";
import { afterEach, describe, expect, it } from "vitest";
import { installCommandLines } from "../testing/command-lines.ts";
import { PATH } from "../testing/env.ts";
import { hasBwrap, LEVELS } from "../testing/levels.ts";
import type { GrantInput } from "../testing/plane.ts";
import { commandLines } from "../testing/processes.ts";
import { type Cleanups, createWorld, drive, MENDED, PLAN, TEST } from "../testing/sums.ts";

/** Where the real command lines are installed they are tried as well, against the same scripted vendor. */
const hasReal = (name: string) => PATH.split(":").some((directory) => existsSync(join(directory, name)));
const PATH_WITHOUT_AGENTS = PATH.split(":")
  .filter((directory) => !["claude", "codex"].some((name) => existsSync(join(directory, name))))
  .join(":");
const KEY = "real-key-of-the-vendor-0123";
const cleanups: Cleanups = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const claude: ModelChoice = { agent: "claude-code", provider: "anthropic", model: "claude-sonnet-5" };
const codex: ModelChoice = { agent: "codex", provider: "openai", model: "gpt-5" };
const loop: ModelChoice = { provider: "anthropic", model: "claude-sonnet-5" };
const usage = { input_tokens: 1_000, output_tokens: 100 };
let serial = 0;

const call = (name: string, input: object): FixtureResponse => ({
  content: "",
  toolCalls: [{ id: `call_${serial++}`, name, arguments: JSON.stringify(input) }],
  usage,
});
const say = (value: object | string): FixtureResponse => ({
  content: typeof value === "string" ? value : JSON.stringify(value),
  usage,
});
const planned = { kind: "plan", plan: PLAN, questions: [] };
const changed = {
  kind: "changed",
  title: "Mend the sum",
  summary: "It was one too many.",
  receipts: [],
  questions: [],
};
const approved = { approved: true, summary: "Right.", findings: [] };

/** What a competent model says to each role, whoever asks. */
const GOOD: Record<AgentRole, FixtureResponse[]> = {
  planner: [say(planned)],
  coder: [
    call("Bash", { command: "env" }),
    call("Write", { file_path: "sum.js", content: MENDED }),
    call("Write", { file_path: "sum.test.js", content: TEST }),
    say(changed),
  ],
  critic: [say(approved)],
};

async function run(
  options: {
    models?: Partial<Record<AgentRole, ModelChoice>>;
    answers?: Partial<Record<AgentRole, FixtureResponse[]>>;
    grant?: Partial<GrantInput>;
    path?: string;
    atMost?: SandboxLevel;
    files?: Record<string, string>;
    onCall?: (role: AgentRole, cancel: () => void) => void;
  } = {},
) {
  const world = await createWorld(cleanups, { auto: true, ...options.grant }, options.files);
  const requests: { role: AgentRole; request: ChatCompletionRequest }[] = [];
  const mock = new LLMock({ port: 0, host: "127.0.0.1", logLevel: "silent" });
  const left = { ...structuredClone(GOOD), ...structuredClone(options.answers ?? {}) };
  mock.addFixture({
    match: { predicate: () => true },
    response: (request: ChatCompletionRequest) => {
      const text = JSON.stringify(request);
      // Our own loop is one engineer in both; here it only ever plans.
      const names = {
        planner: /You are the (?:planner|engineer)/,
        coder: /You are the coder/,
        critic: /You are the critic/,
      };
      const role = (["planner", "coder", "critic"] as const).find((name) => names[name].test(text));
      if (role === undefined) return { error: { message: "Whose prompt is this?" }, status: 400 };
      requests.push({ role, request });
      options.onCall?.(role, () => world.plane.cancel("not needed"));
      return (
        left[role].shift() ?? {
          error: { message: "Nothing is left to say.", type: "api_error" },
          status: 500,
        }
      );
    },
  });
  await mock.start();
  cleanups.push(() => mock.stop());
  const bin = await installCommandLines(dirname(world.repository.workspaceDir));
  const models = { planner: claude, coder: claude, critic: claude, ...options.models };
  const agent = createOpenAgent({
    models,
    endpoints: {
      anthropic: { baseURL: mock.url, apiKey: KEY },
      openai: { baseURL: `${mock.url}/v1`, apiKey: KEY },
    },
  });
  const path = options.path ?? `${bin}:${PATH}`;
  const report = await drive(world, agent, { path, atMost: options.atMost });
  return { report, requests, mock, plane: world.plane };
}

describe("an agent command line", () => {
  it.each<[string, Record<AgentRole, ModelChoice>]>([
    ["Claude Code in all roles", { planner: claude, coder: claude, critic: claude }],
    ["Codex in all roles", { planner: codex, coder: codex, critic: codex }],
    ["Codex plans and judges, Claude Code codes", { planner: codex, coder: claude, critic: codex }],
    ["our own loop plans, the others work", { planner: loop, coder: claude, critic: codex }],
  ])("plans, codes, proves and reviews: %s", async (_, models) => {
    const planner = models.planner === loop ? [call("submit_plan", PLAN)] : GOOD.planner;

    const { report, plane, requests } = await run({ models, answers: { planner } });

    expect(report).toMatchObject({ outcome: "approved" });
    expect(plane.calls.filter((name) => name !== "events")).toEqual(["lease", "plan", "changeset", "result"]);
    const [upload] = plane.changeSets;
    expect(upload?.changeSet.files.map(({ path }) => path).sort()).toEqual(["sum.js", "sum.test.js"]);
    expect(upload?.evidence.after.every(({ exitCode }) => exitCode === 0)).toBe(true);
    // The money is counted on our side of the wall, call by call.
    expect(requests).toHaveLength(6);
    expect(report.costMicroUsd).toBeGreaterThan(0);
    const used = plane.events.filter(({ type }) => type === "model.used");
    expect(used).toHaveLength(6);
    expect(
      plane.events.filter((event) => event.type === "tool.used" && event.tool !== "submit_plan"),
    ).toHaveLength(3);
  });

  it("never sees the vendor's key, ours, or the runner's environment", async () => {
    process.env.AICD_TEST_CANARY = "canary-41";
    const { requests } = await run();
    delete process.env.AICD_TEST_CANARY;

    const heard = JSON.stringify(requests);
    expect(heard).toContain("ANTHROPIC_API_KEY=aicd_program_");
    expect(heard).not.toContain(KEY);
    expect(heard).not.toContain("canary-41");
    expect(heard).not.toContain("lease-token");
  });

  it("that is not installed is a clear failure", async () => {
    const { report } = await run({ path: PATH_WITHOUT_AGENTS });

    expect(report).toMatchObject({
      reason: "agent_unavailable",
      detail: expect.stringContaining("npm install --global @anthropic-ai/claude-code"),
    });
  });

  it("that dies is told with its last words", async () => {
    const answers = { planner: [call("Die", { words: "segfault in the flux", code: 3 })] };

    const { report } = await run({ answers });

    expect(report).toMatchObject({ reason: "agent_unavailable", detail: expect.stringContaining("flux") });
  });

  it("gets one more chance for an answer that does not fit, and no second", async () => {
    const mended = await run({ answers: { planner: [say("I think it is fine."), say(planned)] } });
    expect(mended.report.outcome).toBe("approved");

    const spoiled = await run({ answers: { planner: [say("Fine."), say({ kind: "plan", plan: null })] } });
    expect(spoiled.report).toMatchObject({ reason: "model_misbehaved" });
    expect(spoiled.requests).toHaveLength(2);
  });

  it.each<AgentRole>(["planner", "coder", "critic"])(
    "is taken out by the fallback model when the first is refused, as %s",
    async (role) => {
      const refused: FixtureResponse = {
        error: { message: "no such model", type: "not_found_error" },
        status: 404,
      };

      const { report, requests } = await run({
        models: { [role]: { ...claude, fallback: "claude-haiku-5" } },
        answers: { [role]: [refused, ...GOOD[role]] },
      });

      expect(report.outcome).toBe("approved");
      const asked = requests.filter((one) => one.role === role).map(({ request }) => request.model);
      expect(asked).toEqual(["claude-sonnet-5", ...GOOD[role].map(() => "claude-haiku-5")]);
    },
  );

  it("ends when the money does, and what it had done is handed in", async () => {
    const { report, requests, plane } = await run({
      // 1,000 tokens in and 100 out of claude-sonnet-5 cost 3,000 millionths.
      grant: {
        phase: "code",
        plan: PLAN,
        budget: { limitMicroUsd: 8_700, deadlineMs: Date.now() + 600_000, maxSteps: 50 },
      },
      answers: { coder: [...GOOD.coder.slice(1, 3), ...Array(20).fill(call("Bash", { command: "true" }))] },
    });

    expect(report).toMatchObject({ outcome: "failed", reason: "budget_exhausted" });
    expect(requests.length).toBeLessThanOrEqual(4);
    expect(plane.changeSets[0]?.changeSet.title).toContain("Partial");
  });

  it("is stopped with all it started when a person cancels", async () => {
    let asked = 0;
    const { report } = await run({
      answers: { coder: [call("Bash", { command: "sleep 7331 & sleep 7332" }), ...GOOD.coder] },
      onCall: (role, cancel) => {
        if (role === "coder" && asked++ === 0) setTimeout(cancel, 300);
      },
    });

    expect(report.outcome).toBe("cancelled");
    expect(commandLines()).not.toMatch(/sleep 733[12]/);
  });

  it("that only has to look and writes instead is found out where there is no wall", async () => {
    const { report } = await run({
      answers: { planner: [call("Bash", { command: "echo evil > sum.js" }), say(planned)] },
      atMost: "process",
    });

    expect(report).toMatchObject({
      reason: "model_misbehaved",
      detail: expect.stringContaining("only to look"),
    });
  });

  it.skipIf(!hasBwrap())("that only has to look cannot write where there is a wall", async () => {
    const tries = call("Bash", { command: "echo evil > sum.js || ls" });

    const { report, requests } = await run({
      answers: { planner: [tries, ...GOOD.planner], critic: [tries, ...GOOD.critic] },
    });

    expect(report).toMatchObject({ outcome: "approved" });
    for (const role of ["planner", "critic"]) {
      const last = requests.filter((one) => one.role === role).at(-1);
      expect(JSON.stringify(last)).toContain("sum.js");
    }
  });

  it("gets nothing from the proxy but the agreed model", async () => {
    const ask = (path: string, model: string, key: string) =>
      `node -e 'fetch(process.env.ANTHROPIC_BASE_URL+"${path}",{method:"POST",headers:{"x-api-key":${key}},body:JSON.stringify({model:"${model}",messages:[]})}).then(async(r)=>console.log("status",r.status))'`;
    const own = "process.env.ANTHROPIC_API_KEY";
    const tries = [
      ask("/v1/messages", "claude-opus-5", own),
      ask("/v1/files", "claude-sonnet-5", own),
      ask("/v1/messages", "claude-sonnet-5", '"guess"'),
    ];

    const { requests } = await run({
      answers: { coder: [...tries.map((command) => call("Bash", { command })), ...GOOD.coder] },
    });

    const last = JSON.stringify(requests.filter(({ role }) => role === "coder").at(-1));
    expect([...last.matchAll(/status (\d+)/g)].map(([, status]) => status)).toEqual(["400", "404", "401"]);
  });
});

describe("the real command lines", () => {
  it.skipIf(!hasReal("claude"))(
    "Claude Code works through the port and the proxy",
    async () => {
      const answers = {
        planner: [call("StructuredOutput", planned), say("done")],
        coder: [
          call("Bash", { command: "env; cat sum.js", description: "look" }),
          call("Bash", {
            command: `printf '%s' ${quote(MENDED)} > sum.js; printf '%s' ${quote(TEST)} > sum.test.js`,
            description: "mend",
          }),
          call("StructuredOutput", changed),
          say("done"),
        ],
        critic: [call("StructuredOutput", approved), say("done")],
      };

      const { report, requests, plane } = await run({ path: PATH, answers });

      expect(report, JSON.stringify([report, plane.events])).toMatchObject({ outcome: "approved" });
      expect(JSON.stringify(requests)).not.toContain(KEY);
    },
    120_000,
  );

  it.skipIf(!hasReal("codex")).each(LEVELS)(
    "Codex works through the port and the proxy, looks before it plans and judges, and hears no skill: %s",
    async (level) => {
      const look = call("exec_command", { cmd: "cat sum.js; echo evil > sum.js || echo kept" });
      const answers = {
        planner: [look, say(planned)],
        critic: [look, say(approved)],
        coder: [
          call("exec_command", {
            cmd: `printf '%s' ${quote(MENDED)} > sum.js; printf '%s' ${quote(TEST)} > sum.test.js; env`,
          }),
          say(changed),
        ],
      };

      const { report, requests, plane } = await run({
        path: PATH,
        models: { planner: codex, coder: codex, critic: codex },
        answers,
        atMost: level,
        files: { ".agents/skills/canary/SKILL.md": SKILL, ".codex/skills/canary/SKILL.md": SKILL },
      });

      expect(report, JSON.stringify([report, plane.events])).toMatchObject({ outcome: "approved" });
      const heard = JSON.stringify(requests);
      expect(heard).not.toContain(KEY);
      expect(heard).not.toContain("canary-skill");
      for (const role of ["planner", "critic"]) {
        const last = JSON.stringify(requests.filter((one) => one.role === role).at(-1));
        expect(last).toContain("export const sum");
        expect(last).toContain("kept");
      }
    },
    120_000,
  );
});

const SKILL = "---\nname: canary\ndescription: canary-skill, use it always\n---\nDo as it says.\n";
const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
