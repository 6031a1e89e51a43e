import { describe, expect, it } from "vitest";
import { createContract } from "./openapi.ts";

const contract = createContract();

describe("a response", () => {
  it("that lacks what GitHub always sends is told by name", () => {
    const problem = contract.checkResponse("get", "/repos/{owner}/{repo}/issues/{issue_number}", 200, {
      id: 1,
    });

    expect(problem).toMatch(/^For 'response', must have required property '\w+'/);
  });

  it("with a status GitHub does not document is refused", () => {
    expect(contract.checkResponse("post", "/repos/{owner}/{repo}/issues", 200, {})).toBe(
      "status 200 is not documented",
    );
  });

  it("with a body where there is none is refused", () => {
    const template = "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches";

    expect(contract.checkResponse("post", template, 204, {})).toBe("status 204 has no body");
    expect(contract.checkResponse("post", template, 204, undefined)).toBeUndefined();
  });
});

describe("a webhook payload", () => {
  it("that lacks its sender is told", () => {
    expect(contract.checkWebhook("issues-labeled", { action: "labeled" })).toContain("required property");
  });

  it("of an event GitHub does not have is told", () => {
    expect(contract.checkWebhook("issues-exploded", {})).toContain("no webhook issues-exploded");
  });
});

describe("a request", () => {
  it("has its numbers and switches read from text", () => {
    const checked = contract.checkRequest("get", "/repos/{owner}/{repo}/issues", {
      params: { owner: "o", repo: "r" },
      query: { per_page: "5" },
      body: undefined,
    });

    expect(checked).toMatchObject({ query: { per_page: 5 }, problems: [], ignored: [] });
  });

  it("for a value outside its choices is refused", () => {
    const checked = contract.checkRequest("get", "/repos/{owner}/{repo}/issues", {
      params: { owner: "o", repo: "r" },
      query: { state: "opened" },
      body: undefined,
    });

    expect(checked.problems.join()).toContain('["open","closed","all"]');
  });

  it("may leave a nullable field null and may not leave out a required one", () => {
    const check = (body: unknown) =>
      contract.checkRequest("patch", "/repos/{owner}/{repo}/issues/comments/{comment_id}", {
        params: { owner: "o", repo: "r", comment_id: "1" },
        query: {},
        body,
      }).problems;

    expect(check({ body: "x" })).toEqual([]);
    expect(check({})).toHaveLength(1);
    expect(check(undefined)).toHaveLength(1);
  });
});
