import { expect, it } from "vitest";
import { reactionTo, wordOf } from "../intents/outcome.ts";
import { startHome } from "../testing/home.ts";
import { createTaskWorld, MONA } from "../testing/tasks.ts";
import { postComment } from "../thread/post-comment.ts";
import { examineRepository } from "./examine.ts";

const home = await startHome();
const world = await createTaskWorld({ home });

it("`/aicd doctor` says on the thread, without any task, what stands in the way and what to do", async () => {
  const issueNumber = await home.issue();

  const outcome = await world.say({
    type: "status.requested",
    verb: "doctor",
    issueNumber,
    actor: MONA,
    source: { kind: "issue_comment", commentId: 5 },
  });
  const owed = (await world.owed()).find(({ job }) => job === "examine-repository");
  await examineRepository(world.deps, owed?.payload as Parameters<typeof examineRepository>[1]);
  for (const { job, payload } of await world.owed()) {
    if (job === "post-comment") await postComment(world.deps, payload as Parameters<typeof postComment>[1]);
  }

  expect([wordOf(outcome), reactionTo(outcome)]).toEqual(["examination.owed", "eyes"]);
  const [answer = ""] = await home.thread(issueNumber);
  // The repository of this world has a workflow of its own that runs nothing.
  expect(answer).toContain("does not use the Action");
  expect(answer).toContain("uses: ai-cd/ai-cd@v1");
  expect(home.github.unexpected).toEqual([]);
});
