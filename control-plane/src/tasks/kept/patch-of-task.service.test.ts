import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TaskState } from "@aicd/core";
import { afterAll, expect, it } from "vitest";
import { startHome } from "../../testing/home.ts";
import { createTaskWorld } from "../../testing/tasks.ts";
import { diffOfTask, patchOfTask } from "./patch-of-task.ts";

const home = await startHome();
const world = await createTaskWorld({ home });
const { deps, tenantId } = world;
const directory = await mkdtemp(join(tmpdir(), "aicd-patch-test-"));
afterAll(() => rm(directory, { recursive: true, force: true }));
const git = (...args: string[]) => promisify(execFile)("git", args);

/** A task with a change of these files on top of the repository's first commit. */
async function changed(state: TaskState, files: object[]) {
  const { task } = await world.task("PUBLISHING", { issueNumber: await home.issue() });
  await world.pool.query("UPDATE tasks SET state = $2 WHERE id = $1", [task.id, state]);
  await world.pool.query("UPDATE change_sets SET body = jsonb_set(body, '{files}', $2) WHERE task_id = $1", [
    task.id,
    JSON.stringify(files),
  ]);
  return task;
}

const write = (path: string, content: string | Buffer, baseMode: string | null = null) => ({
  ...{
    kind: "write",
    path,
    mode: "100644",
    baseMode,
    contentBase64: Buffer.from(content).toString("base64"),
  },
});

it.each(["FAILED", "CANCELLED", "BLOCKED", "MERGED"] as const)(
  "the last work of a task that is %s is a patch that git takes, with its words",
  async (state) => {
    const binary = Buffer.from([0, 1, 255, 0]);
    const task = await changed(state, [
      write("src/sum.js", "export const sum = (a, b) => b + a;", "100644"),
      write("docs/a b\u00e9.txt", "new\n"),
      write("icon.png", binary),
      { kind: "delete", path: "README.md" },
    ]);

    const patch = await patchOfTask(deps, { tenantId }, { taskId: task.id });

    const [file, clone] = [join(directory, `${task.id}.patch`), join(directory, task.id)];
    await writeFile(file, patch ?? "");
    await git("clone", "--quiet", `${home.github.url}/acme/widget`, clone);
    const me = ["-c", "user.name=ada", "-c", "user.email=ada@example.com"];
    await git("-C", clone, ...me, "am", "--quiet", file);
    expect(await readFile(join(clone, "src/sum.js"), "utf8")).toBe("export const sum = (a, b) => b + a;");
    expect(await readFile(join(clone, "icon.png"))).toEqual(binary);
    const show = ["show", "--name-status", "--format=%s%n%b"];
    const { stdout } = await git("-C", clone, "-c", "core.quotePath=false", ...show);
    expect(stdout).toContain("Round once\n");
    expect(stdout).toContain(`On top of commit ${home.baseSha}.`);
    expect(stdout.match(/^[AMD]\t.*$/gm)).toEqual([
      "D\tREADME.md",
      "A\tdocs/a b\u00e9.txt",
      "A\ticon.png",
      "M\tsrc/sum.js",
    ]);
  },
);

it("there is none before something was written", async () => {
  const { task } = await world.task("CODING", { issueNumber: await home.issue() });

  expect(await patchOfTask(deps, { tenantId }, { taskId: task.id })).toBeUndefined();
});

it("says where the files are when GitHub no longer has what they start from", async () => {
  const task = await changed("FAILED", [write("gone.js", "x", "100644")]);

  await expect(patchOfTask(deps, { tenantId }, { taskId: task.id })).rejects.toMatchObject({
    kind: "conflict",
    message: expect.stringMatching(/change-set\?content=true.*gone\.js/),
  });
});

it("is read file by file: what is new, gone, moved, binary, or of another mode", async () => {
  const task = await changed("FAILED", [
    write("src/sum.js", "export const sum = (a, b) => b + a;", "100644"),
    { ...write("run.sh", "echo run\n", "100755"), mode: "100644" },
    write("icon.png", Buffer.from([0, 1, 255, 0])),
    { kind: "delete", path: "README.md" },
    write('docs/-- "a\tb".md', "# Widget\n"),
    write("--- a/x +++ b/y", "diff --git a/src/sum.js b/fake\n--- a/fake\n+++ b/fake\n@@ -1 +1 @@\n-a\n+b\n"),
  ]);

  const found = await diffOfTask(deps, { tenantId }, { taskId: task.id });

  const told = { binary: false, from: null, oldMode: null, newMode: null };
  const byPath = (a: { path: string }, b: { path: string }) => (a.path < b.path ? -1 : 1);
  expect(found?.files.toSorted(byPath)).toEqual([
    {
      ...told,
      path: "--- a/x +++ b/y",
      status: "added",
      newMode: "100644",
      ...{ additions: 6, deletions: 0, hunks: [expect.objectContaining({ newStart: 1, newLines: 6 })] },
    },
    {
      ...told,
      path: 'docs/-- "a\tb".md',
      from: "README.md",
      status: "renamed",
      ...{ additions: 0, deletions: 0, hunks: [] },
    },
    {
      ...told,
      path: "icon.png",
      status: "added",
      binary: true,
      newMode: "100644",
      ...{ additions: 0, deletions: 0, hunks: [] },
    },
    {
      ...told,
      path: "run.sh",
      status: "modified",
      oldMode: "100755",
      newMode: "100644",
      ...{ additions: 0, deletions: 0, hunks: [] },
    },
    {
      ...told,
      path: "src/sum.js",
      status: "modified",
      ...{ additions: 1, deletions: 1 },
      hunks: [
        {
          ...{ oldStart: 1, oldLines: 1, newStart: 1, newLines: 1 },
          lines: [
            "-export const sum = (a, b) => a + b;",
            "+export const sum = (a, b) => b + a;",
            "\\ No newline at end of file",
          ],
        },
      ],
    },
  ]);
});

it("shows a change by its id, and none of another task's", async () => {
  const [mine, other] = [
    await changed("FAILED", [write("mine.txt", "mine\n")]),
    await changed("FAILED", [write("other.txt", "other\n")]),
  ];
  const changeSetId = mine.changeSetId ?? undefined;

  const read = (taskId: typeof mine.id) => diffOfTask(deps, { tenantId }, { taskId, changeSetId });

  expect((await read(mine.id))?.files.map(({ path }) => path)).toEqual(["mine.txt"]);
  expect(await read(other.id)).toBeUndefined();
});
