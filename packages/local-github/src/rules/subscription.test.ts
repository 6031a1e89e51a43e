import { describe, expect, it } from "vitest";
import { refusedEvents } from "./subscription.ts";

describe("the events an App may subscribe to", () => {
  it.each([
    [["issues", "push"], { issues: "write", contents: "read" }, []],
    [["repository"], {}, []],
    [["push"], { issues: "write" }, ["Default events are not supported by permissions: push"]],
    [
      ["issues", "issue_comment", "workflow_run"],
      { pull_requests: "write" },
      ["Default events are not supported by permissions: issues, issue_comment, and workflow_run"],
    ],
    [
      ["installation", "installation_repositories"],
      { issues: "write" },
      [
        "Default events unsupported: installation and installation_repositories",
        "Default events are not supported by permissions: installation and installation_repositories",
      ],
    ],
    [["workflow_dispatch"], { actions: "read" }, []],
  ] as const)("%j with %j: %j", (events, permissions, refused) => {
    expect(refusedEvents(events, permissions)).toEqual(refused);
  });
});
