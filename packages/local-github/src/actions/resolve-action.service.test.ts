import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { WorkflowRun } from "../index.ts";
import { openScene, REPO, type Scene } from "../testing/scene.ts";

const ACTION = join(import.meta.dirname, "fixtures", "action");
const HELLO = "runs: { using: node24, main: hello.mjs }\n";

/** Workflows of the repository, each using one action in its own way. */
const USES = {
  tag: "octo/tools@v1",
  full: "octo/tools@v1.0.0",
  branch: "octo/tools@main",
  folder: "octo/tools/greet@v1",
  local: "./.github/hello",
  moved: "octo/tools@v2",
  nobody: "octo/nothing@v1",
  secret: "other/secret@v1",
  short: "octo/tools@abcdef1",
  empty: "octo/empty@v1",
} as const;

let scene: Scene;

beforeAll(async () => {
  scene = await openScene({
    files: {
      ".github/hello/action.yml": HELLO,
      ".github/hello/hello.mjs": "console.log('hello of the checkout');",
      ...Object.fromEntries(
        Object.entries(USES).map(([name, uses]) => [`.github/workflows/${name}.yml`, workflow(uses)]),
      ),
    },
  });
  const { github, directory } = scene;
  await github.createOrganization("other");
  const tools = await tree(directory, "tools");
  await github.createRepository("octo", "tools", { from: tools, tags: ["v1", "v1.0.0"] });
  await github.createRepository("other", "secret", { from: tools, private: true, tags: ["v1"] });
  await github.createRepository("octo", "empty", { from: join(ACTION, ".."), tags: ["v1"] });
});

afterAll(async () => {
  await scene.github.settled();
  await scene.close();
  expect(scene.github.unexpected).toEqual([]);
});

function workflow(uses: string): string {
  const steps = ["uses: actions/checkout@v7", `uses: ${uses}`].map((step) => `      - ${step}\n`);
  return `on: workflow_dispatch\njobs:\n  run:\n    runs-on: ubuntu-latest\n    steps:\n${steps.join("")}`;
}

async function tree(directory: string, name: string): Promise<string> {
  const root = join(directory, name);
  await mkdir(join(root, "greet"), { recursive: true });
  await writeFile(join(root, "action.yml"), HELLO);
  await writeFile(
    join(root, "hello.mjs"),
    "console.log(`hello of ${process.env.GITHUB_ACTION_REPOSITORY}@${process.env.GITHUB_ACTION_REF}`);",
  );
  // The other spelling that GitHub takes.
  await writeFile(join(root, "greet", "action.yaml"), HELLO.replace("hello.mjs", "../hello.mjs"));
  return root;
}

async function finish(name: keyof typeof USES): Promise<WorkflowRun> {
  const over = scene.github.next(
    "run",
    (run) => run.workflow.path.endsWith(`/${name}.yml`) && run.status === "completed",
  );
  await scene.octokit.rest.actions.createWorkflowDispatch({
    ...REPO,
    workflow_id: `${name}.yml`,
    ref: "main",
  });
  return over;
}

describe("what a step uses", () => {
  it.each([
    ["tag", "hello of octo/tools@v1"],
    ["full", "hello of octo/tools@v1.0.0"],
    ["branch", "hello of octo/tools@main"],
    ["folder", "hello of octo/tools@v1"],
    ["local", "hello of the checkout"],
  ] as const)("is the tree its %s stands for", async (name, said) => {
    const run = await finish(name);

    expect(run.jobs[0]?.log).toContain(said);
    expect(run.conclusion).toBe("success");
  });

  it.each([
    ["moved", "Unable to resolve action `octo/tools@v2`, unable to find version `v2`"],
    ["nobody", "Unable to resolve action octo/nothing@v1, repository not found"],
    ["secret", "Unable to resolve action other/secret@v1, repository not found"],
    ["short", "unable to find version `abcdef1`"],
  ] as const)("and is not there (%s) fails the job before its first step", async (name, said) => {
    const run = await finish(name);

    expect(run.conclusion).toBe("failure");
    expect(run.jobs[0]?.log).toContain(said);
    expect(run.jobs[0]?.log).not.toContain("checkout");
    expect(run.jobs[0]?.steps.map(({ conclusion }) => conclusion ?? "none")).not.toContain("success");
  });

  it("needs its metadata at the root of that tree", async () => {
    const run = await finish("empty");

    expect(run.jobs[0]?.log).toContain("Can't find 'action.yml', 'action.yaml' or 'Dockerfile'");
  });
});
