import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const home = new URL("../../example/", import.meta.url);

const Review = z.object({
  body: z.string(),
  comments: z.array(z.object({ path: z.string(), line: z.number().int(), body: z.string() })),
});

/** A little project with a bug, the issue a user wrote about it, and a reviewer's later words. */
export type Example = {
  name: string;
  /** The files of the project; a plain directory, not a clone. */
  repositoryDirectory: string;
  issueTitle: string;
  issueBody: string;
  /** The recording, in the format of `@copilotkit/aimock`. */
  fixturesPath: string;
  /** A review of the pull request the recording leads to; lines are of the new files. */
  review: z.infer<typeof Review>;
};

/** Another reviewer's words, which come while the first review is worked on, and the recording that answers them. */
export type SecondReview = { review: Example["review"]; fixturesPath: string };

export function readSecondReview(): SecondReview {
  const { review } = z.object({ review: Review }).parse(JSON.parse(text("second-review.json")));
  return { review, fixturesPath: place("second-review.json") };
}

export const example: Example = readExample();

function readExample(): Example {
  const [first = "", ...rest] = text("issue.md").split("\n");
  return {
    name: "fairshare",
    repositoryDirectory: place("repository"),
    issueTitle: first.replace(/^# /, ""),
    issueBody: rest.join("\n").trim(),
    fixturesPath: place("recording.json"),
    review: Review.parse(JSON.parse(text("review.json"))),
  };
}

function place(name: string): string {
  return fileURLToPath(new URL(name, home));
}

function text(name: string): string {
  return readFileSync(place(name), "utf8");
}
