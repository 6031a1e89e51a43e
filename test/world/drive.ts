import type { IAgent } from "@aicd/core";
import type { LedgerEntry } from "@aicd/local-github";
import { hashIn, playRunner } from "./runner.ts";
import { REPO, type World } from "./world.ts";

/**
 * Lets the world go by itself: every dispatch gets a runner, the first plan is approved. Failures of a
 * runner are kept, because a test decides whether they matter.
 */
export function drive(world: World, agent: () => IAgent): { failures: unknown[]; settled(): Promise<void> } {
  const failures: unknown[] = [];
  const running = new Set<Promise<unknown>>();
  let approved = false;

  function track(work: Promise<unknown>): void {
    const kept = work.catch((error: unknown) => failures.push(error)).finally(() => running.delete(kept));
    running.add(kept);
  }

  world.github.on("write", (entry) => {
    if (isDispatch(entry)) {
      const { inputs } = entry.body as { inputs: Record<string, string> };
      const runKey = inputs["run-key"] ?? "";
      const runId = world.github.runs(REPO).find((run) => run.displayTitle.includes(runKey))?.id ?? 0;
      track(playRunner(world, { attemptId: inputs["attempt-id"] ?? "", runKey, runId }, agent()));
    }
    const hash = hashIn(entry);
    if (hash === undefined || approved) return;
    approved = true;
    track(world.person.comment(REPO, 1, `/aicd approve ${hash}`));
  });
  return {
    failures,
    async settled() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

function isDispatch(entry: LedgerEntry): boolean {
  return entry.route.endsWith("/dispatches") && entry.method === "POST";
}
