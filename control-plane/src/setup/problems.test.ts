import { readFileSync } from "node:fs";
import { readSettings } from "@aicd/core";
import { describe, expect, it } from "vitest";
import { APP_PERMISSIONS } from "./manifest.ts";
import { type Facts, problemsOf } from "./problems.ts";

const text = readFileSync(new URL("../../../action/examples/aicd.yml", import.meta.url), "utf8");
const readiness: Facts["readiness"] = {
  branch: "main",
  archived: false,
  workflow: { state: "active", text },
  settings: readSettings(undefined),
  rules: ["deletion", "required_signatures"],
};
const WELL: Facts = {
  permissions: { ...APP_PERMISSIONS },
  installationUrl: "https://github.com/settings/installations/1",
  enabled: true,
  stop: undefined,
  withoutKey: [],
  readiness,
};

describe("what stands in the way", () => {
  it("is nothing where all is as it should be", () => {
    expect(problemsOf(WELL)).toEqual([]);
  });

  it.each<[string, Partial<Facts>, RegExp]>([
    [
      "a permission",
      { permissions: { ...APP_PERMISSIONS, checks: "read" } },
      /no write permission for checks/,
    ],
    ["a permission nobody gave", { permissions: {} }, /no read permission for metadata/],
    ["the switch", { enabled: false }, /switched off/],
    ["the tenant's pause", { stop: "AI-CD is paused." }, /paused/],
    ["a key", { withoutKey: ["openai"] }, /no model key for openai/],
  ])("names %s with what to do", (_name, change, words) => {
    const problems = problemsOf({ ...WELL, ...change });

    expect(problems.map(({ what }) => what).join("\n")).toMatch(words);
    expect(problems.every(({ fix }) => fix.length > 10)).toBe(true);
  });

  it.each<[string, Partial<Facts["readiness"]>, RegExp]>([
    ["no workflow", { workflow: undefined }, /aicd\.yml is not on main/],
    ["a workflow that is off", { workflow: { state: "disabled_manually", text } }, /switched off/],
    [
      "another workflow of that name",
      { workflow: { state: "active", text: "on: push" } },
      /cannot be started/,
    ],
    [
      "a workflow without an identity",
      { workflow: { state: "active", text: text.replace("id-token: write", "") } },
      /may not prove who it is/,
    ],
    ["settings", { settings: readSettings({ modle: "x" }) }, /unknown key `modle`/],
    ["a ruleset", { rules: ["branch_name_pattern"] }, /names of branches must fit a pattern/],
    ["an archive", { archived: true }, /archived/],
  ])("names %s of the repository", (_name, change, words) => {
    const problems = problemsOf({ ...WELL, readiness: { ...readiness, ...change } });

    expect(problems.every(({ fix }) => fix.length > 10)).toBe(true);
    expect(problems[0]?.what).toMatch(words);
  });
});
