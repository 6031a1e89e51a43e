import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCommand, VERBS } from "./command.ts";

describe("a command on a thread", () => {
  it.each([
    ["/aicd", { verb: "plan", text: "" }],
    ["/AICD Plan", { verb: "plan" }],
    ["@aicd run --model gpt-5 --budget $5", { verb: "run", flags: { model: "gpt-5", budgetUsd: 5 } }],
    ["thanks!\n/aicd approve 0123456789AB", { verb: "approve", hash: "0123456789ab" }],
    [
      "/aicd revise use the cache\nand keep the tests",
      { verb: "revise", text: "use the cache\nand keep the tests" },
    ],
    ["/aicd --base=release/2", { verb: "plan", flags: { base: "release/2" } }],
    ["/aicd cancel", { verb: "cancel" }],
    ["/aicd retry --partial", { verb: "retry", text: "", flags: { partial: true } }],
    ["/aicd retry \u2014partial", { verb: "retry", flags: { partial: true } }],
    ["@aicd what did you change and why?", { verb: "ask", text: "what did you change and why?" }],
    ["/aicd is it tested?\nI saw none.", { verb: "ask", text: "is it tested?\nI saw none." }],
    ["@aicd why that file", { verb: "ask", text: "why that file" }],
    ["/aicd ask who approved it", { verb: "ask", text: "who approved it" }],
  ])("%j is understood", (body, expected) => {
    expect(parseCommand(body)).toMatchObject({ kind: "command", ...expected });
  });

  it.each([
    "please do /aicd run",
    "> /aicd run",
    "```\n/aicd run\n```",
    "~~~~\n/aicd run\n~~~\n/aicd run\n~~~~",
    "/aicdc run",
    "    /aicd run",
    "no command here",
  ])("%j is somebody else's words", (body) => {
    expect(parseCommand(body)).toBeUndefined();
  });

  it.each([
    ["/aicd dance", "not a command"],
    ["/aicd approve", "12-character hash"],
    ["/aicd approve nothex-at-all", "12-character hash"],
    ["/aicd revise", "needs to know"],
    ["/aicd run --budget nine", "dollars"],
    ["/aicd run --budget 0", "dollars"],
    ["/aicd run --speed fast", "not a flag"],
    ["/aicd run --model", "needs a value"],
    ["/aicd run --partial", "`run` takes no `--partial`; `retry` does"],
    ["/aicd retry --partial=yes", "takes no value"],
    ["/aicd ask", "needs a question"],
  ])("%j is answered with what is wrong", (body, problem) => {
    expect(parseCommand(body)).toMatchObject({ kind: "unclear", problem: expect.stringContaining(problem) });
  });

  it.each([
    "<!--\n/aicd\n-->",
    "<!-- a comment\n\n/aicd run\n\nof many paragraphs -->",
    "seen <!--\n/aicd run\n--> here",
    "<details>\n\n/aicd run\n\n</details>",
    "<details><summary>More</summary>\n/aicd run\n</details>",
    "text <details>\n\n/aicd run",
    "<pre>\n/aicd run\n</pre>",
    "<pre>a\n\n/aicd run\n\n</pre>",
    "so <code>\n/aicd run\n</code>",
    "<blockquote>\n\n/aicd run\n\n</blockquote>",
    "> a\n> /aicd run",
    "> ```\n> /aicd run\n> ```",
    "~~~ sh\n/aicd run\n~~~",
    "   ````\n/aicd run\n```\n/aicd run\n````",
    "```\n/aicd run",
    "- like this:\n  ```\n  /aicd run\n  ```",
    "1. like this:\n\n   ~~~\n/aicd run".replace("\n/aicd", "\n   /aicd"),
    "- /aicd run",
    "a code span `that\n/aicd run\nends` here",
    "like `/aicd run`\n`/aicd run` does it",
    "You could say:\n\n`/aicd run`",
    "# /aicd run",
    "\\/aicd run",
    "**/aicd run**",
  ])("K6: %j holds no command for its reader", (body) => {
    expect(parseCommand(body)).toBeUndefined();
  });

  it.each([
    ["/aicd retry —budget $5", { verb: "retry", flags: { budgetUsd: 5 }, text: "" }],
    ["/aicd retry –budget=$5 now", { verb: "retry", flags: { budgetUsd: 5 }, text: "now" }],
    ["/aicd —model “gpt-5”", { verb: "plan", flags: { model: "gpt-5" } }],
    ["/aicd run --model 'gpt-5' —base «next»", { verb: "run", flags: { model: "gpt-5", base: "next" } }],
    ["/aicd run small steps —like these", { verb: "run", text: "small steps —like these", flags: {} }],
    ["`/aicd approve 1a2b3c4d5e6f`", { verb: "approve", hash: "1a2b3c4d5e6f" }],
    ["Fine.\n`/aicd approve 1a2b3c4d5e6f`\nThanks", { verb: "approve", hash: "1a2b3c4d5e6f" }],
    ["/aicd approve `1a2b3c4d5e6f`", { verb: "approve", hash: "1a2b3c4d5e6f" }],
    ["/aicd approve “1a2b3c4d5e6f”", { verb: "approve", hash: "1a2b3c4d5e6f" }],
    ["`/aicd retry`", { verb: "retry" }],
    ["/aicd revise keep the --force flag", { verb: "revise", text: "keep the --force flag", flags: {} }],
    ["/aicd run <!-- --budget $500 -->", { verb: "run", text: "", flags: {} }],
    ["/aicd revise a <!--\nhidden\n--> b", { verb: "revise", text: "a b" }],
    ["<details>\n\nlog\n\n</details>\n\n/aicd run", { verb: "run" }],
    ["- <details>\n\nafter the list\n\n/aicd run", { verb: "run" }],
    ["```\n/aicd cancel\n```\n/aicd run", { verb: "run" }],
    ["<!-- note -->\n/aicd run", { verb: "run" }],
    ["- fix a\n- fix b\n/aicd run", { verb: "run" }],
    ["> their words\n/aicd run", { verb: "run" }],
    ["/aicd run\n--\nSent from my phone", { verb: "run" }],
    ["/aicd run\r\n\r\n```\r\ncode\r\n```\r\n", { verb: "run", text: "```\ncode\n```" }],
  ])("K6: %j is a command for its reader", (body, expected) => {
    expect(parseCommand(body)).toMatchObject({ kind: "command", ...expected });
  });

  it.each([
    ["/aicd cancel --force", "`cancel` takes no `--force`."],
    ["/aicd approve 1a2b3c4d5e6f —budget $5", "`approve` takes no `--budget`."],
    [
      "/aicd revise shorter —budget $5",
      "`revise` takes no `--budget`; put it in backticks if it is part of the text.",
    ],
    ["/aicd retry —bugdet $5", "`--bugdet` is not a flag"],
    ["/aicd run --constructor x", "`--constructor` is not a flag"],
    ["`/aicd approve <hash>`", "12-character hash"],
    ["/aicd `run`", "is not a command"],
  ])("K6: %j is answered in one line", (body, problem) => {
    expect(parseCommand(body)).toMatchObject({ kind: "unclear", problem: expect.stringContaining(problem) });
  });

  it.each(["> ", "- ", "1. ", "_*a", "[a](", "<a b='", "<!-- a\n", "> a\n", "`a``b", "<details>\n\n"])(
    "K6: %j again and again is read in a moment",
    (piece) => {
      const body = `/aicd help\n\n${piece.repeat(30_000_000 / piece.length)}`;
      const began = performance.now();

      expect(parseCommand(body)).toMatchObject({ verb: "help" });
      expect(performance.now() - began).toBeLessThan(3_000);
    },
  );

  it("K6: what no comment of GitHub's can hold is not looked through", () => {
    expect(parseCommand(`${"a\n".repeat(40_000)}\n/aicd run`)).toBeUndefined();
  });

  it("never throws and never invents a verb", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const command = parseCommand(`/aicd ${text}`);
        if (command?.kind === "command") expect(VERBS).toContain(command.verb);
      }),
      { numRuns: 2_000 },
    );
  });
});
