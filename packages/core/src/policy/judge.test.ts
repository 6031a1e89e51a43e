import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChangeSet, FileChange } from "../change-set.ts";
import { DEFAULT_SETTINGS, Settings } from "../settings.ts";
import { judge } from "./judge.ts";
import { findSecrets } from "./secrets/find-secrets.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");

function write(
  path: string,
  content = "hello\n",
  mode: "100644" | "100755" | "120000" | "160000" = "100644",
): FileChange {
  return { kind: "write", path, mode, baseMode: null, contentBase64: base64(content) };
}

function changeSet(...files: FileChange[]): ChangeSet {
  return { baseSha: "a".repeat(40), title: "t", summary: "s", files };
}

describe("the policy", () => {
  it("allows plain source files", () => {
    expect(
      judge(changeSet(write("src/a.ts"), { kind: "delete", path: "src/b.ts" }), DEFAULT_SETTINGS, findSecrets)
        .kind,
    ).toBe("allowed");
  });

  it.each(["title", "summary"] as const)(
    "blocks a %s that holds a secret, as a commit keeps it for ever",
    (where) => {
      // Put together here: no file of ours holds what looks like one.
      const key = `ghp_${"aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5".slice(0, 36)}`;
      const told = { ...changeSet(write("src/a.ts")), [where]: `The key is ${key}.` };

      const { kind, findings } = judge(told, DEFAULT_SETTINGS, findSecrets);

      expect(kind).toBe("blocked");
      expect(findings).toEqual([
        {
          rule: "content.secret",
          path: null,
          level: "block",
          message: expect.stringMatching(/title or summary/),
        },
      ]);
      expect(JSON.stringify(findings)).not.toContain(key);
    },
  );

  it.each([
    "../x",
    "a/../../x",
    "/etc/passwd",
    "~/x",
    ".git/config",
    "sub/.GIT/hooks/pre-commit",
    ".git./config",
    ".git /config",
    "git~1/config",
    ".g\u200cit/config",
    ".gitattributes",
    "dir/.gitmodules",
    "gi7eba~1",
    "a\\b",
    "a:b",
    "a//b",
    "a/./b",
    "new\nline",
    "bidi\u202etxt.exe",
    "",
  ])("refuses the path %j", (path) => {
    const verdict = judge(changeSet(write(path)), DEFAULT_SETTINGS, findSecrets);

    expect(verdict.kind).toBe("refused");
    expect(verdict.findings[0]?.message).toMatch(/\S/);
  });

  it.each([
    ["a symlink", write("link", "/etc/passwd", "120000")],
    ["a submodule", write("sub", "a".repeat(40), "160000")],
    ["a file made executable", write("run.sh", "#!", "100755")],
  ])("refuses %s", (_what, file) => {
    expect(judge(changeSet(file), DEFAULT_SETTINGS, findSecrets).kind).toBe("refused");
  });

  it("keeps the executable bit of a file that had it", () => {
    const file: FileChange = {
      kind: "write",
      path: "run.sh",
      mode: "100755",
      baseMode: "100755",
      contentBase64: "",
    };

    expect(judge(changeSet(file), DEFAULT_SETTINGS, findSecrets).kind).toBe("allowed");
  });

  it.each([
    ".github/workflows/ci.yml",
    "AGENTS.md",
    "packages/x/package.json",
    "Dockerfile",
    ".claude/settings.json",
    ".vscode/tasks.json",
    "web/.husky/pre-commit",
    ".env.production",
    "docker/Dockerfile.dev",
    "docker-compose.override.yml",
    ".pre-commit-config.yaml",
    "lib/setup.py",
    "setup.cfg",
    "GNUmakefile",
    "build/rules.mk",
  ])("blocks the protected path %s until an owner overrides", (path) => {
    expect(judge(changeSet(write(path)), DEFAULT_SETTINGS, findSecrets).kind).toBe("blocked");
  });

  it("lets settings open a built-in protected path and add another", () => {
    const settings = Settings.parse({ policy: { allow: ["package.json"], protected: ["infra/"] } });

    expect(judge(changeSet(write("package.json")), settings, findSecrets).kind).toBe("allowed");
    expect(judge(changeSet(write("infra/main.tf")), settings, findSecrets).kind).toBe("blocked");
  });

  it("refuses nothing, too many files and too many bytes", () => {
    const many = Array.from({ length: 101 }, (_, index) => write(`f${index}`));

    expect(judge(changeSet(), DEFAULT_SETTINGS, findSecrets).kind).toBe("refused");
    expect(judge(changeSet(...many), DEFAULT_SETTINGS, findSecrets).kind).toBe("refused");
    expect(judge(changeSet(write("big", "x".repeat(5_000_000))), DEFAULT_SETTINGS, findSecrets).kind).toBe(
      "refused",
    );
  });

  it("refuses the same path twice, also when only case differs", () => {
    expect(judge(changeSet(write("A.ts"), write("a.ts")), DEFAULT_SETTINGS, findSecrets).kind).toBe(
      "refused",
    );
  });

  it("blocks text that shows otherwise than it reads", () => {
    expect(judge(changeSet(write("a.ts", "if (x\u202e) {}")), DEFAULT_SETTINGS, findSecrets).kind).toBe(
      "blocked",
    );
  });

  it.each([
    ["a NUL beside a reordered line", "a.ts", "if (x\u202e) {}\u0000", ["content.binary", "content.hidden"]],
    ["a NUL in a source file", "a.ts", "x\u0000", ["content.binary"]],
    ["a NUL in a file without an ending", "run", "x\u0000", ["content.binary"]],
    ["a doubled variation selector", "a.md", "\u2764\ufe0f\ufe0f", ["content.hidden"]],
    ["a variation selector behind a letter", "a.md", "a\ufe0f", ["content.hidden"]],
    ["text in variation selectors", "a.ts", "a\u{e0141}", ["content.hidden"]],
    ["a Hangul filler for a name", "a.ts", "const \u3164 = 1", ["content.hidden"]],
    ["a line separator", "a.ts", "// x\u2028evil()", ["content.hidden"]],
    ["an escape sequence", "a.sh", "\u001b[8mevil", ["content.hidden"]],
  ])("blocks %s", (_what, path, content, rules) => {
    const verdict = judge(changeSet(write(path, content)), DEFAULT_SETTINGS, findSecrets);

    expect(verdict.findings.map(({ rule }) => rule)).toEqual(rules);
    expect(verdict.kind).toBe("blocked");
  });

  it.each([
    ["docs/a.md", "I \u2764\ufe0f this, step 1\ufe0f\u20e3\r\n"],
    ["logo.PNG", "\u0089PNG\u0000"],
    ["font.woff2", "wOF2\u0000\u0001"],
    ["src/a.ts", "const ü = '日本語 🎉';\f\n\tend"],
  ])("allows what is usual in %s", (path, content) => {
    expect(judge(changeSet(write(path, content)), DEFAULT_SETTINGS, findSecrets).findings).toEqual([]);
  });

  it("is monotone: one more protected path never allows more", () => {
    const rank = { allowed: 0, blocked: 1, refused: 2 };
    const path = fc.constantFrom("src/a.ts", "infra/x", "package.json", "../x", ".github/y", "docs/z.md");
    fc.assert(
      fc.property(fc.uniqueArray(path, { minLength: 1 }), path, (paths, extra) => {
        const files = paths.map((name) => write(name));
        const before = judge(changeSet(...files), DEFAULT_SETTINGS, findSecrets).kind;
        const after = judge(
          changeSet(...files),
          Settings.parse({ policy: { protected: [extra] } }),
          findSecrets,
        ).kind;

        expect(rank[after]).toBeGreaterThanOrEqual(rank[before]);
      }),
    );
  });

  it("gives the same verdict for the same input", () => {
    const input = changeSet(write("b"), write("a"));
    const reversed = changeSet(write("a"), write("b"));

    expect(judge(input, DEFAULT_SETTINGS, findSecrets).inputDigest).toBe(
      judge(reversed, DEFAULT_SETTINGS, findSecrets).inputDigest,
    );
  });
});
