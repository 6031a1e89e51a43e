import type { CriticVerdict } from "@aicd/core";
import type { KeptWork, PlanRow, Task } from "@aicd/db";
import type { Round } from "@aicd/github";
import type { Spending } from "../explanation/explanation.ts";
import type { Standing } from "../what-now.ts";

/** All that is written down about a task, for whoever asks. */
export type WorkRecord = {
  task: Task;
  plan: PlanRow | undefined;
  /** Published, in their order. */
  rounds: readonly Round[];
  /** The newest work, where it is not published. */
  open: KeptWork | undefined;
  /** What our own review said last. */
  verdict: CriticVerdict | undefined;
  spending: Spending;
  standing: Standing;
};
