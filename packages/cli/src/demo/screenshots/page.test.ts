import { expect, it } from "vitest";
import { threadPage } from "./page.ts";
import type { Item } from "./thread.ts";

const said = (body: string) => ({
  login: "ai-cd[bot]",
  isBot: true,
  body,
  at: "2026-01-02T03:00:00Z",
  reactions: ["rocket"],
});
const page = (...items: Item[]) =>
  threadPage({ title: "A <b>title", number: 1, badge: "open", words: "aicd", items });
const comment = (body: string) => page({ kind: "said", verb: "commented", said: said(body) });

it.each([
  ["a task list", "- [x] Plan\n- [ ] Merge", /<input type="checkbox" disabled checked> Plan/],
  ["a table", "| a | b |\n|---|---|\n| 1 | 2 |", /<td>1<\/td>/],
  ["a fold", "<details><summary>More</summary>\n\n- one\n\n</details>", /<summary>More<\/summary>\s*<ul>/],
  ["an alert", "> [!WARNING]\n> This is unfinished.", /<b>⚠ Warning<\/b>/],
  ["a mention", "@\u2060mona asked", /<b>@\u2060mona<\/b> asked/],
  ["a commit", `Changed in ${"a".repeat(40)}`, /Changed in a{7}</],
])("%s is shown as GitHub shows it", (_, body, shown) => {
  expect(comment(body)).toMatch(shown);
});

it("a page fetches and runs nothing, whatever stands in it", () => {
  const html = comment("<script>alert(1)</script><img src=https://evil.example/x>");

  expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  expect(html).toContain("A &lt;b&gt;title");
});

it("a review is shown with its threads, each below the lines it is about", () => {
  const thread = {
    path: "src/a.js",
    hunk: "@@ -1 +1 @@\n-old\n+new",
    said: [said("Why?"), said("Because.")],
  };

  const html = page({ kind: "review", verdict: "requested changes", said: said(""), threads: [thread] });

  expect(html).toMatch(
    /requested changes[\s\S]*src\/a\.js[\s\S]*class="add">\+new[\s\S]*Why\?[\s\S]*Because\./,
  );
});
