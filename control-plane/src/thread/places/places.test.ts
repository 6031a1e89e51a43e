import type { TaskId } from "@aicd/core";
import { expect, it } from "vitest";
import { placeLinks, placesOf } from "./places.ts";

const given = (more: object = {}, task: object = {}) =>
  placesOf({
    task: {
      ...{ id: "tsk_1" as TaskId, issueNumber: 3, statusCommentId: 9, pullRequestNumber: 4 },
      ...{ branch: "aicd/3-a b", baseBranch: "main", headSha: "c0ffee", ...task },
    },
    repository: { owner: "acme", name: "widget" },
    ...{ planCommentId: 8, runId: 7, serverUrl: "https://github.com", publicUrl: "https://aicd.example" },
    ...more,
  });

it("each part of a task has its page", () => {
  expect(given()).toEqual({
    status: "https://github.com/acme/widget/issues/3#issuecomment-9",
    plan: "https://github.com/acme/widget/issues/3#issuecomment-8",
    pullRequest: "https://github.com/acme/widget/pull/4",
    changes: "https://github.com/acme/widget/compare/main...aicd%2F3-a%20b",
    run: "https://github.com/acme/widget/actions/runs/7",
    dashboard: "https://aicd.example/organizations/acme/tasks/tsk_1",
  });
});

it("what is not there yet is not linked", () => {
  const young = given(
    { planCommentId: undefined, runId: null },
    { statusCommentId: null, pullRequestNumber: null, headSha: null },
  );

  expect(Object.keys(young)).toEqual(["status", "dashboard"]);
  expect(placeLinks(young, "status", "plan", "run", "dashboard")).toEqual([
    "[Status](https://github.com/acme/widget/issues/3)",
    "[Dashboard](https://aicd.example/organizations/acme/tasks/tsk_1)",
  ]);
});
