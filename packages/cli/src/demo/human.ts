import type { TaskState } from "@aicd/core";
import type { Person } from "@aicd/local-github";
import type { DemoSource } from "./source.ts";
import type { Timeline } from "./timeline.ts";

/**
 * The person at the other end, acting over GitHub's own API as a person's browser would: approves the
 * plan, reviews the pull request once, merges what comes back.
 */
export type Human = {
  /** The App posted a comment. */
  commented(body: string, issueNumber: number): Promise<void>;
  pullRequestOpen(number: number): Promise<void>;
  /** A thread of the review got its receipt. */
  threadAnswered(): Promise<void> | undefined;
  /** Whether they have something to say where the task would rest otherwise. */
  goesOnAfter?(state: TaskState): boolean;
};

export function createHuman(input: {
  person: Person;
  repo: string;
  source: DemoSource;
  timeline: Timeline;
}): Human {
  const { person, repo, source, timeline } = input;
  const { login } = person;
  let approved = false;
  let reviewed = source.review === undefined;
  let unanswered = source.review?.comments.length ?? 0;
  const answered = Promise.withResolvers<void>();
  if (unanswered === 0) answered.resolve();

  return {
    async commented(body, issueNumber) {
      const hash = /\/aicd approve ([0-9a-f]{12})/.exec(body)?.[1];
      if (hash === undefined || approved) return;
      approved = true;
      timeline.thread(login, `comments: /aicd approve ${hash}`);
      await person.comment(repo, issueNumber, `Looks right to me.\n\n/aicd approve ${hash}`);
    },
    async pullRequestOpen(number) {
      if (!reviewed && source.review !== undefined) {
        reviewed = true;
        const { body, comments } = source.review;
        timeline.thread(
          login,
          `reviews #${number}: requests changes with ${comments.length} inline comments`,
        );
        await person.review(repo, number, { event: "REQUEST_CHANGES", body, comments });
        return;
      }
      // Nobody merges before having read the answers.
      await answered.promise;
      timeline.thread(login, `marks #${number} ready and merges it`);
      await person.markReady(repo, number);
      await person.merge(repo, number);
    },
    threadAnswered() {
      unanswered -= 1;
      if (unanswered === 0) answered.resolve();
      return undefined;
    },
  };
}
