import { describe, expect, it } from "vitest";
import { createScope } from "../testing/scope.ts";
import { bound } from "./bound.ts";
import { closest } from "./closest.ts";
import { edit } from "./edit.ts";
import { ask, submitAnswered, submitChange, submitPlan, submitReview } from "./finish.ts";
import { read } from "./read.ts";
import { run } from "./run.ts";
import { search } from "./search.ts";
import type { Tool } from "./tool.ts";
import { write } from "./write.ts";

function call(tool: Tool, input: Record<string, unknown>, scope = createScope()) {
  return tool.call({ type: "call", id: "c", name: tool.spec.name, input }, scope);
}

const PLAN = {
  title: "Mend",
  understanding: "It is broken.",
  cause: "A typo.",
  files: [{ path: "a.ts", change: "Mend it." }],
  tests: [],
  checks: [],
  risks: [],
  questions: [],
  estimate: { changedLines: 1, lowUsd: 0, likelyUsd: 0, highUsd: 0 },
};

describe("read", () => {
  const scope = createScope({ "a.ts": "one\ntwo\nthree\n", "empty.ts": "" });

  it.each([
    [{ path: "a.ts" }, "one\ntwo\nthree"],
    [{ path: "a.ts", from: 2, to: 2 }, "two\n[a.ts has 3 lines, shown 2-2]"],
    [{ path: "a.ts", from: 2, to: 99 }, "two\nthree\n[a.ts has 3 lines, shown 2-3]"],
    [{ path: "empty.ts" }, "empty.ts is empty."],
  ])("answers %o", async (input, text) => {
    expect(await call(read, input, scope)).toEqual({ kind: "ok", text });
  });

  it.each([
    [{ path: "a.ts", from: 9 }, "a.ts has 3 lines; line 9 does not exist."],
    [{ path: "b.ts" }, "`b.ts` does not exist."],
  ])("explains why it cannot read %o", async (input, text) => {
    expect(await call(read, input, scope)).toEqual({ kind: "error", text });
  });

  it("asks for a range the right way round", async () => {
    expect(await call(read, { path: "a.ts", from: 3, to: 1 }, scope)).toMatchObject({ kind: "error" });
  });

  it("shows as many wide lines as fit and says where it ended", async () => {
    const wide = createScope({ "wide.ts": Array.from({ length: 100 }, () => "x".repeat(1_500)).join("\n") });

    const outcome = await call(read, { path: "wide.ts" }, wide);

    expect(outcome).toMatchObject({ text: expect.stringMatching(/\[wide\.ts has 100 lines, shown 1-19\]$/) });
    expect("text" in outcome && outcome.text.length).toBeLessThan(30_000);
  });

  it("shows a long file in parts", async () => {
    const long = createScope({
      "long.ts": Array.from({ length: 2_000 }, (_, n) => `line ${n + 1}`).join("\n"),
    });

    const outcome = await call(read, { path: "long.ts", from: 500 }, long);

    expect(outcome).toMatchObject({
      text: expect.stringMatching(/\[long\.ts has 2000 lines, shown 500-1299\]$/),
    });
  });
});

describe("edit", () => {
  it("replaces the one place that matches", async () => {
    const scope = createScope({ "a.ts": "let a = 1;\nlet b = 2;\n" });

    const outcome = await call(edit, { path: "a.ts", old: "let b = 2;", new: "const b = $&;" }, scope);

    expect(outcome).toEqual({ kind: "ok", text: "Replaced in a.ts, line 2." });
    expect(scope.files.get("a.ts")).toBe("let a = 1;\nconst b = $&;\n");
  });

  it("asks for more context when several places match, and changes nothing", async () => {
    const scope = createScope({ "a.ts": "x\nx\n" });

    expect(await call(edit, { path: "a.ts", old: "x", new: "y" }, scope)).toMatchObject({ kind: "error" });
    expect(scope.files.get("a.ts")).toBe("x\nx\n");
    expect(await call(edit, { path: "a.ts", old: "x", new: "y", all: true }, scope)).toMatchObject({
      text: "Replaced in a.ts, 2 places.",
    });
  });

  it("answers a near miss with the text as it stands, so that the next call hits", async () => {
    const scope = createScope({
      "a.ts": "function f() {\n\treturn 'one';\n}\nfunction g() {\n\treturn 'two';\n}\n",
    });

    const miss = await call(edit, { path: "a.ts", old: '  return "two";', new: "return 2;" }, scope);

    expect(miss).toMatchObject({ kind: "error", text: expect.stringContaining("line 5") });
    expect(miss).toMatchObject({ text: expect.stringContaining("\treturn 'two';") });
  });

  it("says when nothing is similar", async () => {
    const scope = createScope({ "a.ts": "one\n" });

    expect(await call(edit, { path: "a.ts", old: "completely different { }", new: "" }, scope)).toMatchObject(
      {
        text: expect.stringContaining("Nothing similar is there"),
      },
    );
  });
});

describe("edit in files of others", () => {
  it("finds several lines in a file with Windows' line ends, and keeps them", async () => {
    const scope = createScope({ "a.cs": "class A {\r\n  int x;\r\n}" });

    await call(
      edit,
      { path: "a.cs", old: "class A {\n  int x;\n", new: "class A {\n  int y;\n  int z;\n" },
      scope,
    );

    expect(scope.files.get("a.cs")).toBe("class A {\r\n  int y;\r\n  int z;\r\n}");
  });

  it.each([
    ["without a last line end", "one\ntwo", "one\n2"],
    ["with mixed line ends", "one\r\ntwo\nthree\n", "one\r\n2\nthree\n"],
    ["with a byte order mark", "\uFEFFone\ntwo\n", "\uFEFFone\n2\n"],
  ])("leaves the rest of a file %s as it is", async (_, before, after) => {
    const scope = createScope({ "a.txt": before });

    await call(edit, { path: "a.txt", old: "two", new: "2" }, scope);

    expect(scope.files.get("a.txt")).toBe(after);
  });

  it("does not damage what is not UTF-8", async () => {
    const scope = createScope({ "latin.txt": Buffer.from("caf\xe9 one\n", "latin1").toString("utf8") });

    expect(await call(edit, { path: "latin.txt", old: "one", new: "two" }, scope)).toMatchObject({
      kind: "error",
      text: expect.stringContaining("not UTF-8"),
    });
  });

  it.each([
    ["tabs for spaces", "if (x) {\n\treturn  1;\n}\n", "if (x) {\n    return 1;\n}"],
    ["curly quotes", "say(“hello”, ‘you’);\n", "say(\"hello\", 'you');"],
    ["a space that does not break", "a\u00a0+\u00a0b = c\n", "a + b = c"],
    ["another dash", "from 1–2 years\n", "from 1-2 years"],
    ["more lines than there are", "alpha beta\n", "alpha beta\ngamma delta\nepsilon"],
    ["a small slip", "const total = items.reduce(add, 0);\n", "const total = item.reduce(add, 0);"],
  ])("answers a miss by %s with a text that hits", async (_, content, old) => {
    const scope = createScope({ "a.ts": `// head\n${content}// tail\n` });

    const miss = await call(edit, { path: "a.ts", old, new: "NEW" }, scope);
    const said = /```\n([\s\S]*)\n```/.exec("text" in miss ? miss.text : "")?.[1] ?? "";
    const hit = await call(edit, { path: "a.ts", old: said, new: "NEW" }, scope);

    expect(miss.kind).toBe("error");
    expect(hit.kind).toBe("ok");
    expect(scope.files.get("a.ts")).toContain("NEW");
  });

  it("answers a long miss in a long file within a moment", async () => {
    const lines = Array.from({ length: 30_000 }, (_, n) => `  const value${n} = compute(${n}, "some text");`);
    const scope = createScope({ "long.ts": lines.join("\n") });
    const started = performance.now();

    const old = lines.slice(20_000, 20_400).join("\n").replaceAll("  const", "\tconst");
    const miss = await call(edit, { path: "long.ts", old, new: "x" }, scope);

    expect(miss).toMatchObject({ text: expect.stringContaining("line 20001") });
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe("edit by another indentation", () => {
  const content = "class A {\n    f() {\n      return 1;\n    }\n}\n";

  it.each([
    ["less", "f() {\n  return 1;\n}", "f() {\n  return 2;\n}"],
    ["more", "      f() {\n        return 1;\n      }", "      f() {\n        return 2;\n      }"],
  ])("is made where it is the same on all lines, and said (%s)", async (_, old, replacement) => {
    const scope = createScope({ "a.ts": content });

    const outcome = await call(edit, { path: "a.ts", old, new: replacement }, scope);

    expect(outcome).toMatchObject({ kind: "ok", text: expect.stringContaining("indents otherwise") });
    expect(scope.files.get("a.ts")).toBe(content.replace("1", "2"));
  });

  it.each([
    ["the lines differ among themselves", content, "f() {\nreturn 1;\n}"],
    ["there are two such places", `${content}${content}`, "f() {\n  return 1;\n}"],
  ])("is not made where %s", async (_, text, old) => {
    const scope = createScope({ "a.ts": text });

    expect(await call(edit, { path: "a.ts", old, new: "x" }, scope)).toMatchObject({ kind: "error" });
    expect(scope.files.get("a.ts")).toBe(text);
  });
});

it("a protected path is refused before it is changed", async () => {
  const refusal = (path: string) => (path === "ci.yml" ? "It is protected." : undefined);
  const scope = { ...createScope({ "ci.yml": "a" }), refusal };

  for (const [tool, input] of [
    [write, { path: "ci.yml", content: "b" }],
    [edit, { path: "ci.yml", old: "a", new: "b" }],
  ] as const) {
    expect(await call(tool, input, scope)).toEqual({
      kind: "error",
      text: "`ci.yml` was not changed. It is protected.",
    });
  }
  expect(scope.files.get("ci.yml")).toBe("a");
});

it("a long output is shown by head and tail, and read whole by its name", async () => {
  const scope = createScope();
  const output = Array.from({ length: 3_000 }, (_, n) => `line ${n}`).join("\n");
  scope.workspace.run = async () => ({ exitCode: 0, output, durationMs: 1, timedOut: false });

  const shown = await call(run, { command: "x" }, scope);
  const [, name = ""] = /read `(output:\d+)`/.exec(shown.kind === "ok" ? shown.text : "") ?? [];

  expect(shown).toMatchObject({
    text: expect.stringMatching(/^\[exit code 0\]\nline 0\n[\s\S]*line 2999\n/),
  });
  expect(shown.kind === "ok" && shown.text.length).toBeLessThan(10_000);
  expect(await call(read, { path: name, from: 1500, to: 1500 }, scope)).toMatchObject({
    text: expect.stringMatching(/^line 1499\n/),
  });
});

describe("search patterns", () => {
  it.each(["a(?=b)", "f(", "a[0]"])(
    "that find nothing, or are none, are searched for as they stand: %s",
    async (pattern) => {
      const scope = createScope({ "a.ts": `x = ${pattern}` });

      expect(await call(search, { pattern }, scope)).toMatchObject({
        kind: "ok",
        text: expect.stringMatching(/^\[searched as plain text: .*\]\na\.ts:1/),
      });
    },
  );
});

describe("closest", () => {
  it("finds a block in spite of other whitespace", () => {
    const content = "a\nif (x) {\n    y();\n}\nb";

    expect(closest(content, "if (x) {\n  y()\n}")).toEqual({ line: 2, text: "if (x) {\n    y();\n}" });
  });

  it("does not invent a likeness", () => {
    expect(closest("alpha\nbeta", "gamma delta")).toBeUndefined();
  });
});

describe("other tools", () => {
  it("hand workspace refusals to the model", async () => {
    expect(await call(write, { path: "../x", content: "" })).toEqual({
      kind: "error",
      text: "`../x` is refused.",
    });
  });

  it("search answers ranked places with the reason where the words stand nowhere together", async () => {
    const scope = createScope({ "a.ts": "needle", "b.ts": "hay" });

    expect(await call(search, { pattern: "find needle" }, scope)).toEqual({
      kind: "ok",
      text: "No matches. What fits the words best:\n1. a.ts:1-1 (words)",
    });
    const inOnePlace = await call(search, { pattern: "find needle", path: "b.ts" }, scope);
    expect(inOnePlace).toEqual({ kind: "ok", text: "No matches." });
  });

  it("list and search the workspace", async () => {
    const scope = createScope({ "a.ts": "needle\n", "b.ts": "hay\n" });

    expect(await call(read, { path: "." }, scope)).toEqual({ kind: "ok", text: "a.ts\nb.ts" });
    expect(await call(search, { pattern: "needle" }, scope)).toEqual({ kind: "ok", text: "a.ts:1:match" });
    expect(await call(search, { pattern: "gold" }, scope)).toEqual({ kind: "ok", text: "No matches." });
  });

  it("run shows the exit code and keeps within the time that is left", async () => {
    let asked = 0;
    const scope = createScope({}, { deadlineMs: 5_000 });
    const inner = scope.workspace.run;
    scope.workspace.run = (command, options) => {
      asked = options.timeoutMs;
      return inner(command, options);
    };

    expect(await call(run, { command: "false" }, scope)).toEqual({
      kind: "ok",
      failed: true,
      text: "[exit code 1]\nran false",
    });
    expect(asked).toBe(5_000);
  });
});

describe("finish tools", () => {
  it.each([
    [
      submitAnswered,
      { title: "T", summary: "S", receipts: [{ commentId: 1, kind: "changed", text: "Done." }] },
    ],
    [submitReview, { approved: false, summary: "No.", findings: [] }],
    [ask, { questions: ["Which?"] }],
  ])("carry a checked value ($spec.name)", async (tool, value) => {
    expect(await call(tool, value)).toEqual({ kind: "finish", value });
  });

  it("take a plan by what matters, and fill in the rest", async () => {
    const { checks: _, tests: __, risks: ___, questions: ____, ...plan } = PLAN;
    const estimate = { changedLines: 4, likelyUsd: 0.2 };

    expect(await call(submitPlan, { ...plan, estimate })).toEqual({
      kind: "finish",
      value: { ...PLAN, estimate: { ...estimate, lowUsd: 0.1, highUsd: 0.2 * 3 } },
    });
  });

  it("take a finding without a place", async () => {
    const finding = { severity: "major", why: "Zero.", wanted: "A test." };

    expect(await call(submitReview, { approved: false, summary: "No.", findings: [finding] })).toMatchObject({
      value: { findings: [{ path: null, line: null, ...finding }] },
    });
  });

  it("refuse what does not fit and name each problem", async () => {
    const outcome = await call(submitPlan, { ...PLAN, files: [], estimate: undefined });

    expect(outcome).toMatchObject({
      kind: "error",
      text: expect.stringMatching(/- files: .*\n- estimate: /),
    });
  });

  it("describe themselves by a JSON Schema that every vendor takes", () => {
    for (const tool of [submitPlan, submitChange, submitReview, ask, read, edit]) {
      expect(tool.spec.inputSchema).toMatchObject({ type: "object", properties: expect.any(Object) });
      expect(JSON.stringify(tool.spec.inputSchema)).not.toContain("$schema");
    }
  });
});

it("shows models the same tools as yesterday", () => {
  const tools = [read, search, edit, write, run, submitPlan, submitChange, submitReview, ask];

  expect(tools.map(({ spec }) => spec)).toMatchSnapshot();
});

describe("bound", () => {
  it("keeps head and tail, and says how much is missing", () => {
    expect(bound("a".repeat(20) + "b".repeat(20), 12)).toBe("aaaa\n[… 28 characters left out …]\nbbbbbbbb");
    expect(bound("short", 12)).toBe("short");
  });
});
