import { describe, expect, it } from "vitest";
import type { FileChange } from "../../change-set.ts";
import { DEFAULT_SETTINGS } from "../../settings.ts";
import { judge } from "../judge.ts";
import { withBase } from "../with-base.ts";
import { findSecrets } from "./find-secrets.ts";
import { readRules } from "./read-rules.ts";
import { readSamples, type Samples } from "./testing/samples.ts";

const SHA = "a".repeat(40);
/** Two rules that gitleaks tries with nothing. */
const OURS: Samples[] = [
  {
    rule: "dropbox-long-lived-api-token",
    secrets: [["", `dropbox_token = "a1b2c3d4e5f${"AAAAAAAAAA"}${"x7".repeat(21)}y"`]],
    honest: [],
  },
  {
    rule: "dropbox-short-lived-api-token",
    secrets: [["", `dropbox_token = "${"sl."}${"aB3-".repeat(33)}abc"`]],
    honest: [],
  },
];
const SAMPLES = [...readSamples(), ...OURS];

function write(path: string, text: string, baseMode: "100644" | null = null): FileChange {
  const contentBase64 = Buffer.from(text).toString("base64");
  return { kind: "write", path: path === "" ? "src/a.txt" : path, mode: "100644", baseMode, contentBase64 };
}

function secretsIn(...files: FileChange[]): string[] {
  const { findings } = judge(
    { baseSha: SHA, files, title: "t", summary: "s" },
    DEFAULT_SETTINGS,
    findSecrets,
  );
  return findings.filter(({ rule }) => rule.startsWith("content.")).map(({ message }) => message);
}

describe("secrets in a change", () => {
  it("are known by every rule there is", () => {
    const rules = new Set(SAMPLES.map(({ rule }) => rule));

    expect(
      readRules()
        .rules.map(({ id }) => id)
        .filter((id) => !rules.has(id)),
    ).toEqual([]);
    expect(rules.size).toBeGreaterThan(200);
  });

  it("are found: each sample of each rule", () => {
    const missed = SAMPLES.flatMap(({ rule, secrets }) =>
      secrets
        // The general rule keeps silent where another knows what it is.
        .filter(
          ([path, text]) =>
            !secretsIn(write(path, text)).some((message) =>
              message.includes(rule === "generic-api-key" ? "(" : `(${rule})`),
            ),
        )
        .map(() => rule),
    );

    expect(missed).toEqual([]);
  });

  it("are not seen by a rule in what only looks like its own", () => {
    const wrong = SAMPLES.flatMap(({ rule, honest }) =>
      honest.filter(([path, text]) =>
        secretsIn(write(path, text)).some((message) => message.includes(`(${rule})`)),
      ),
    );

    expect(SAMPLES.flatMap(({ honest }) => honest).length).toBeGreaterThan(300);
    expect(wrong).toEqual([]);
  });

  const [key] = readSamples().find(({ rule }) => rule === "stripe-access-token")?.secrets ?? [];
  const secret = key?.[1] ?? "";

  it("block the change until an admin overrides, and are not repeated", () => {
    const files = [write("src/pay.ts", `// pay\n${secret}\n`)];
    const verdict = judge({ baseSha: SHA, files, title: "t", summary: "s" }, DEFAULT_SETTINGS, findSecrets);

    expect(verdict.kind).toBe("blocked");
    expect(verdict.findings).toMatchObject([{ rule: "content.secret", level: "block", path: "src/pay.ts" }]);
    expect(verdict.findings[0]?.message).toContain("Line 2");
    const token = /sk_\w{20,}/.exec(secret)?.[0] ?? secret;
    expect(JSON.stringify(verdict)).not.toContain(token);
  });

  it("are found wherever they stand in a long text, and whole", () => {
    const filler = "const a = 1;\n".repeat(2_000);
    for (const shift of [0, 1, 7, 100, 1_000, 3_000, 4_000]) {
      const text = `${"x".repeat(shift)}\n${filler}${secret}\n${filler}`;

      expect(secretsIn(write("src/a.ts", text))).toEqual([expect.stringContaining("(stripe-access-token)")]);
    }
  });

  it("are found in spite of a comment that asks scanners to look away", () => {
    expect(secretsIn(write("src/a.ts", `${secret} // gitleaks:allow`))).toHaveLength(1);
  });

  it("that the base has are no news, one more is", () => {
    const other = secret.replace(/[a-zA-Z0-9](?=["'`]?\s*$)/, (last) => (last === "x" ? "y" : "x"));
    const modes = new Map([["src/a.ts", "100644"]] as const);
    const texts = new Map([["src/a.ts", `${secret}\n`]]);
    const edited = (text: string) => {
      const changeSet = {
        baseSha: SHA,
        files: [write("src/a.ts", text, "100644")],
        title: "t",
        summary: "s",
      };
      return secretsIn(...withBase(changeSet, { modes, texts }, findSecrets).files);
    };

    expect(edited(`// moved\n${secret}\n`)).toEqual([]);
    expect(edited(`${secret}\n${other}\n`)).toEqual([expect.stringContaining("Line 2")]);
  });

  it.each([
    ["one that begins a pattern everywhere", "curl ".repeat(800_000)],
    ["one that never ends a pattern", `key:${"a".repeat(100)}`.repeat(38_000)],
  ])("cannot be hidden behind a text that is made to be searched for ever: %s", (_what, text) => {
    const messages = secretsIn(write("a.txt", text), write("b.txt", secret));

    expect(messages).toEqual([
      expect.stringContaining("can be searched"),
      expect.stringContaining("can be searched"),
    ]);
  });
});
