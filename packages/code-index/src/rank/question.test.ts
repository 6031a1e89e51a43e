import { describe, expect, it } from "vitest";
import { questionOf } from "./question.ts";

describe("questionOf", () => {
  it("stresses the title over what was pasted below it", () => {
    const { words } = questionOf("Quokka sleeps\n\nIt should wake.\n```\nwombat = 1\n```\n");

    expect(words.get("quokka")).toBeGreaterThan(words.get("wak") ?? 99);
    expect(words.get("wak")).toBeGreaterThan(words.get("wombat") ?? 99);
  });

  it("leaves out what forms and machines put there", () => {
    const text = [
      "Title",
      "<!-- please search first -->",
      "#### Expected behaviour",
      "numpy: 1.19.1",
      "attrs==19.3.0,six==1.13.0",
      "LANG: None",
      "It fails with numpy.",
    ].join("\n");

    const { words } = questionOf(text);

    expect(words.has("numpy")).toBe(true);
    for (const word of ["search", "behaviour", "attr", "six", "lang"]) expect(words.has(word)).toBe(false);
  });

  it("joins an option of a command line as its parser does", () => {
    expect(questionOf("--collect-only needs a letter").words.has("collectonly")).toBe(true);
  });

  it("takes paths, modules, names and traces from where they stand", () => {
    const text =
      'Crash in `parse_header`\n\nSee src/http/retry.py.\n\n  File "/x/lib/flask/app.py", line 3, in run\n';

    const { mentions, names, spelled } = questionOf(text);

    expect(names.has("parse_header")).toBe(true);
    expect(spelled).toEqual(["src/http/retry.py"]);
    expect(mentions.traced).toEqual(["x/lib/flask/app.py"]);
  });
});
