import {
  type AgentProgress,
  type ChangeSet,
  type Checkpoint,
  checkpointKey,
  judge,
  LIMITS,
  type Plan,
} from "@aicd/core";
import { FencedError, type LeaseGrant, type RunnerClient } from "@aicd/protocol";
import type { Tree } from "../checkout/tree.ts";
import { mayChange, type Notebook } from "./notebook.ts";
import type { Round } from "./round.ts";

/** Where the story stands; `round` once the coder is at work. */
type Standing = { stage: Checkpoint["stage"]; plan: Plan | null; round?: Round };

export type Checkpoints = {
  /** A phase border: remembered, and uploaded without being waited for. */
  at(standing: Standing): void;
  /** Counts steps of the agent; every few changing ones call for an upload. */
  note(progress: AgentProgress): void;
  /** Uploads what there is now. Resolves when that is done or could not be done; never rejects. */
  save(): Promise<void>;
  /** No more of them. Waits until nobody reads the working tree any more, and for no answer of a server. */
  close(): Promise<void>;
};

const NO_ROUNDS: Checkpoint["rounds"] = { repairsLeft: 0, reviewsLeft: 0, warned: false, rejected: null };

/**
 * Uploads work in progress beside the work itself: at phase borders, after every few changing steps, and
 * once a minute when there is news. One upload at a time; a failed one is left for the next.
 */
export function createCheckpoints(deps: {
  grant: LeaseGrant;
  client: Pick<RunnerClient, "checkpoint">;
  lease: { token: string; epoch: number };
  tree: Pick<Tree, "changeSet">;
  written: ReadonlySet<string>;
  notebook: Notebook;
  spentMicroUsd: () => number;
  onError: (error: unknown) => void;
}): Checkpoints {
  const { grant, client, lease, tree, written, notebook } = deps;
  let standing: Standing = { stage: "planning", plan: null };
  let calls = 0;
  let news = false;
  let over = false;
  let sent = "";
  let reading: Promise<unknown> = Promise.resolve();
  const save = oneAtATime(async () => {
    news = false;
    try {
      await saveOnce();
    } catch (error) {
      // A checkpoint is an insurance: work goes on without one. Only a lost lease matters.
      if (error instanceof FencedError) deps.onError(error);
    }
  });

  async function saveOnce(): Promise<void> {
    if (over) return;
    const at = standing;
    const collected = at.stage === "coding" ? filesOf(tree, written, grant) : Promise.resolve([]);
    reading = collected.catch(() => undefined);
    const files = await collected;
    if (files === undefined) return;
    const body = bodyOf(grant, at, { files, learned: notebook.text() });
    const text = JSON.stringify(body);
    if (over || text === sent) return;
    await client.checkpoint(lease, { ...body, spentMicroUsd: deps.spentMicroUsd() });
    sent = text;
  }

  const timer = setInterval(() => {
    if (news) void save();
  }, LIMITS.checkpointMs);
  timer.unref();

  return {
    at(next) {
      standing = next;
      void save();
    },
    note(progress) {
      news = true;
      if (!mayChange(progress)) return;
      calls += 1;
      if (calls % LIMITS.checkpointCalls === 0) void save();
    },
    save,
    async close() {
      over = true;
      clearInterval(timer);
      await reading;
    },
  };
}

/** Calls during a run share one more run behind it. */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let again = false;

  async function runAll(): Promise<void> {
    do {
      again = false;
      await work();
    } while (again);
  }

  return () => {
    if (running !== undefined) {
      again = true;
      return running;
    }
    running = runAll().finally(() => {
      running = undefined;
    });
    return running;
  };
}

function bodyOf(
  { taskId, startSha, baseSha, snapshot }: LeaseGrant,
  { stage, plan, round }: Standing,
  made: { files: ChangeSet["files"]; learned: string },
): Omit<Checkpoint, "spentMicroUsd"> {
  // A plan that is not handed in yet does not name the work: the successor is asked for one as we were.
  const bound = stage === "coding" ? plan : null;
  return {
    key: checkpointKey({ taskId, startSha, baseSha, snapshot, plan: bound }),
    startSha,
    stage,
    plan,
    findings: round?.findings ?? [],
    evidence: round?.evidence ?? null,
    receipts: round?.receipts ?? [],
    rounds: round === undefined ? NO_ROUNDS : roundsOf(round),
    ...made,
  };
}

function roundsOf({ repairsLeft, reviewsLeft, warned, doubted, rejected }: Round): Checkpoint["rounds"] {
  return { repairsLeft, reviewsLeft, warned, doubted, rejected: rejected ?? null };
}

/** The changes that may travel. What the policy refuses stays behind; undefined: too much to upload at all. */
async function filesOf(
  tree: Pick<Tree, "changeSet">,
  written: ReadonlySet<string>,
  { startSha, settings }: LeaseGrant,
): Promise<ChangeSet["files"] | undefined> {
  const words = { title: "Work in progress", summary: "" };
  const all = (await tree.changeSet({ ...words, written })).changeSet.files;
  const files = all.filter((file) => {
    const { findings } = judge({ baseSha: startSha, files: [file], ...words }, settings, undefined);
    return !findings.some(({ level }) => level === "refuse");
  });
  if (files.length === 0) return [];
  const { findings } = judge({ baseSha: startSha, files, ...words }, settings, undefined);
  return findings.some(({ level }) => level === "refuse") ? undefined : files;
}
