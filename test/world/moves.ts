import type { TaskState } from "@aicd/core";
import { followTask, type Move, taskOfIssue } from "../../packages/cli/src/demo/follow.ts";
import { signIn } from "../../packages/cli/src/demo/sign-in.ts";
import { HUMAN, REPO, type World } from "./world.ts";

export type Moves = {
  /** So far, the oldest first. */
  told: Move[];
  /** The move that brings the task to this state for the `times`-th time. */
  reached(state: TaskState, times?: number): Promise<Move>;
};

/** The tasks of issues as the public API tells them to the world's person. Each task is followed once. */
export function createMoves(world: Pick<World, "url">, after: (work: () => Promise<void>) => void) {
  const end = new AbortController();
  const known = new Map<number, Promise<Moves>>();
  let signedIn: ReturnType<typeof signIn> | undefined;
  after(async () => end.abort());

  async function follow(issueNumber: number): Promise<Moves> {
    signedIn ??= signIn({ url: world.url, login: HUMAN });
    const { client, org } = await signedIn;
    const { signal } = end;
    const task = await taskOfIssue(client, { org, repo: REPO, issueNumber, signal });
    const told: Move[] = [];
    const waiting = new Set<() => void>();
    const { failed } = followTask(client, { org, task, signal }, (move) => {
      told.push(move);
      for (const look of waiting) look();
    });

    async function reached(state: TaskState, times = 1): Promise<Move> {
      const found = Promise.withResolvers<Move>();
      const look = () => {
        const move = told.filter((one) => one.state === state)[times - 1];
        if (move !== undefined) found.resolve(move);
      };
      waiting.add(look);
      look();
      return Promise.race([found.promise, failed]).finally(() => waiting.delete(look));
    }
    return { told, reached };
  }

  /** Waits for the issue's task. */
  return (issueNumber: number): Promise<Moves> => {
    const moves = known.get(issueNumber) ?? follow(issueNumber);
    known.set(issueNumber, moves);
    return moves;
  };
}
