import { accessSync } from "node:fs";
import { rm } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { MockAgent } from "@aicd/agents";
import { afterEach, describe, expect, it } from "vitest";
import { PATH } from "../testing/env.ts";
import { type GrantInput, startPlane } from "../testing/plane.ts";
import { createRepository } from "../testing/repository.ts";
import { type Cleanups, drive, MEND, PLAN } from "../testing/sums.ts";

const cleanups: Cleanups = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A repository with these files, whose setup and checks are derived unless the settings name them. */
async function world(files: Record<string, string>, grant: Partial<GrantInput>) {
  const repository = await createRepository(files);
  cleanups.push(() => rm(dirname(repository.workspaceDir), { recursive: true, force: true }));
  const plane = await startPlane({ startSha: repository.sha, plan: PLAN, ...grant });
  cleanups.push(() => plane.stop());
  return { repository, plane };
}

/** Counts how often it is asked, which is what costs money. */
function createCounted() {
  const agent = new MockAgent({ codes: [...MEND, ...MEND] });
  const asked: string[] = [];
  const { plan, code } = agent;
  agent.plan = (...input) => {
    asked.push("plan");
    return plan.apply(agent, input);
  };
  agent.code = (...input) => {
    asked.push("code");
    return code.apply(agent, input);
  };
  return { agent, asked };
}

const FAILING = "echo 'npm error code EBADENGINE'; exit 3";

describe("a repository that cannot be prepared", () => {
  it("ends the attempt before anything is coded, with the log's end and the fix", async () => {
    const given = await world(
      { "a.txt": "a" },
      { phase: "code", settings: { setup: [FAILING, "touch later"], checks: ["true"] } },
    );
    const { agent, asked } = createCounted();

    const report = await drive(given, agent);

    expect(report).toMatchObject({ outcome: "failed", reason: "setup_failed" });
    expect(report.detail).toContain(`\`${FAILING}\` (from .github/aicd.yml) ended with exit code 3.`);
    expect(report.detail).toContain("another version of its language");
    expect(report.detail).toContain("Its last words:\nnpm error code EBADENGINE");
    expect(asked).toEqual([]);
    expect(
      given.plane.events.flatMap((event) => (event.type === "check.run" ? [event.command] : [])),
    ).toEqual([FAILING]);
  });

  it("is worked on all the same where the settings say so", async () => {
    const given = await world(
      { "a.txt": "a" },
      { phase: "code", settings: { setup: [FAILING], checks: ["true"], onSetupFailure: "continue" } },
    );

    const report = await drive(given, new MockAgent({ codes: MEND }));

    expect(report.outcome).toBe("approved");
    expect(given.plane.changeSets[0]?.evidence.setup).toMatchObject([{ command: FAILING, exitCode: 3 }]);
  });

  it("takes checks that fail before the change for evidence, not for an end", async () => {
    const given = await world(
      { "a.txt": "a" },
      { phase: "code", settings: { setup: [], checks: ["false"] } },
    );

    const report = await drive(given, new MockAgent({ codes: MEND }));

    expect(report.outcome).toBe("approved");
  });

  it("is said before the plan is paid for when a program is not here", async () => {
    const given = await world(
      { "mix.exs": "" },
      { phase: "plan", settings: { setup: undefined, checks: undefined } },
    );
    const { agent, asked } = createCounted();

    const report = await drive(given, agent);

    expect(report).toMatchObject({ outcome: "failed", reason: "setup_failed" });
    expect(report.detail).toContain("`mix` is not on this machine");
    expect(report.detail).toContain("- uses: erlef/setup-beam@v1");
    expect(asked).toEqual([]);
  });
});

const TESTED: [name: string, program: string, files: Record<string, string>][] = [
  [
    "npm without dependencies",
    "node",
    {
      "package.json": '{"type":"module","scripts":{"test":"node --test"}}',
      "a.test.js": "import test from 'node:test';\ntest('adds', () => {});\n",
    },
  ],
  ["make", "make", { GNUmakefile: "test:\n\t@echo 1..1 && echo ok 1 - adds\n" }],
  [
    "unittest without a manifest",
    "python3",
    {
      "test_a.py": "import unittest\n\nclass A(unittest.TestCase):\n    def test_adds(self):\n        pass\n",
    },
  ],
  [
    "a Go module",
    "go",
    {
      "go.mod": "module a\n\ngo 1.21\n",
      "a_test.go": 'package a\n\nimport "testing"\n\nfunc TestAdds(t *testing.T) {}\n',
    },
  ],
];

describe("what is derived is run for real", () => {
  it.each(TESTED.filter(([, program]) => isHere(program)))(
    "to a green baseline: %s",
    async (_, __, files) => {
      const given = await world(files, { phase: "code", settings: { setup: undefined, checks: undefined } });

      await drive(given, new MockAgent({ codes: [{ files: { "notes.txt": "x" } }] }));

      const { before = [], setup = [] } = given.plane.changeSets[0]?.evidence ?? {};
      expect([...setup, ...before].map(({ exitCode }) => exitCode)).not.toContain(1);
      expect(before.at(-1)).toMatchObject({ exitCode: 0, tests: { passed: 1, failed: 0 } });
    },
  );
});

function isHere(program: string): boolean {
  return PATH.split(delimiter).some((entry) => {
    try {
      accessSync(join(entry, program));
      return true;
    } catch {
      // Elsewhere, or nowhere.
      return false;
    }
  });
}
