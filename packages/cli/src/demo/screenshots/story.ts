import type { LocalGitHub } from "@aicd/local-github";
import { readSecondReview } from "../../example/index.ts";
import type { Human } from "../human.ts";
import type { DemoSource } from "../source.ts";
import type { Timeline } from "../timeline.ts";

/** Who reviews besides the person who asked. */
export const SECOND_REVIEWER = "otto";

/**
 * What people do in the demo that is photographed: GitHub first refuses the branch by a rule, somebody asks what
 * happened, lifts the rule and tries again; two people review at the same time; one asks a question, and merges.
 *
 * @param input.atFailure called when the failure is on the thread, before anybody has answered it
 */
export function createStory(input: {
  github: LocalGitHub;
  login: string;
  repo: string;
  source: DemoSource;
  timeline: Timeline;
  atFailure: (issueNumber: number) => Promise<void>;
}): Human {
  const { github, login, repo, source, timeline } = input;
  const [asker, second] = [github.as(login), github.as(SECOND_REVIEWER)];
  const reviews = { first: source.review, second: readSecondReview().review };
  let unanswered = (reviews.first?.comments.length ?? 0) + reviews.second.comments.length;
  const done = new Set<string>();
  const once = (what: string) => !done.has(what) && done.add(what).has(what);
  github.addRuleset(repo, { pattern: "**", restrictCreations: true });

  async function comment(number: number, body: string): Promise<void> {
    timeline.thread(login, `comments: ${body.split("\n").at(-1)}`);
    await asker.comment(repo, number, body);
  }

  /** One behind the other: the second comes while the first is being worked on. */
  async function review(number: number): Promise<void> {
    if (reviews.first === undefined) return;
    timeline.thread(login, `reviews #${number}: requests changes`);
    await asker.review(repo, number, { event: "REQUEST_CHANGES", ...reviews.first });
    timeline.thread(SECOND_REVIEWER, `reviews #${number} as well, while the first review is worked on`);
    await second.review(repo, number, { event: "COMMENT", ...reviews.second });
  }

  let pullRequest = 0;
  return {
    async commented(body, issueNumber) {
      const hash = /\/aicd approve ([0-9a-f]{12})/.exec(body)?.[1];
      if (hash !== undefined && once("approve")) {
        return comment(issueNumber, `Looks right to me.\n\n/aicd approve ${hash}`);
      }
      if (body.includes("## ❌") && once("failed")) {
        await input.atFailure(issueNumber);
        return comment(issueNumber, "/aicd explain");
      }
      if (body.includes("So far it has spent") && once("retry")) {
        github.unprotect(repo);
        return comment(issueNumber, "That was our rule about new branches; I have lifted it.\n\n/aicd retry");
      }
      if (body.includes("Out of the record of the work") && once("merge")) {
        timeline.thread(login, `marks #${pullRequest} ready and merges it`);
        await asker.markReady(repo, pullRequest);
        await asker.merge(repo, pullRequest);
      }
    },
    async pullRequestOpen(number) {
      pullRequest = number;
      if (once("review")) return review(number);
      if (unanswered === 0 && once("ask")) await comment(number, "@aicd what did you change and why?");
    },
    threadAnswered() {
      unanswered -= 1;
      if (unanswered === 0 && once("ask")) {
        return comment(pullRequest, "@aicd what did you change and why?");
      }
      return undefined;
    },
    goesOnAfter: (state) => state === "FAILED",
  };
}
