import { setTask } from "@aicd/db";
import { createLogger, createRedactor } from "@aicd/ops";
import { expect, it } from "vitest";
import { APP_PERMISSIONS } from "../../setup/manifest.ts";
import { startHome } from "../../testing/home.ts";
import { createTaskWorld } from "../../testing/tasks.ts";
import { updateCheck } from "./update-check.ts";

const { checks: _, ...permissions } = APP_PERMISSIONS;
const home = await startHome({ permissions });
const world = await createTaskWorld({ home });

it("where the App was not given the permission there is no check run, and the log says so once", async () => {
  const lines: string[] = [];
  const sink = { write: (line: string) => void lines.push(line) };
  const deps = { ...world.deps, log: createLogger({ level: "warn", redactor: createRedactor(), sink }) };
  const pullRequestNumber = await home.pull("aicd/issue-1");
  const { task } = await world.task("PR_OPEN", { issueNumber: await home.issue(), pullRequestNumber });
  await world.inTenant((tx) => setTask(tx, task.id, { headSha: "a".repeat(40) }));
  const payload = { tenantId: world.tenantId, taskId: task.id };

  await updateCheck(deps, payload);
  await updateCheck(deps, payload);

  expect((await world.find(task.id))?.checkRun).toEqual({ kind: "refused" });
  expect(lines.filter((line) => line.includes("may not write checks"))).toHaveLength(1);
});
