import { describe, expect, it } from "vitest";
import { readIssue } from "./issue.ts";

const found = { number: 12, title: "T", body: null, html_url: "https://github.com/a/b/issues/12" };

describe("readIssue", () => {
  it.each([
    [
      "https://github.com/acme/sums/issues/12#x",
      undefined,
      "https://api.github.com/repos/acme/sums/issues/12",
    ],
    [
      "https://ghe.example.com/acme/sums/issues/3",
      undefined,
      "https://ghe.example.com/api/v3/repos/acme/sums/issues/3",
    ],
    ["#7", "git@github.com:acme/sums.git", "https://api.github.com/repos/acme/sums/issues/7"],
    ["7", "https://github.com/acme/sums", "https://api.github.com/repos/acme/sums/issues/7"],
  ])("asks GitHub for %s", async (name, origin, address) => {
    const asked: string[] = [];
    const fetch = async (url: unknown) => {
      asked.push(String(url));
      return Response.json(found);
    };

    const issue = await readIssue(name, {
      origin,
      token: undefined,
      fetch: fetch as typeof globalThis.fetch,
    });

    expect(asked).toEqual([address]);
    expect(issue).toEqual({ number: 12, title: "T", body: "", url: found.html_url });
  });

  it("says how to reach a private one", async () => {
    const fetch = async () => new Response("", { status: 404 });
    const context = {
      origin: "https://github.com/acme/sums",
      token: undefined,
      fetch: fetch as typeof globalThis.fetch,
    };

    await expect(readIssue("#1", context)).rejects.toThrow("set GITHUB_TOKEN");
  });
});
