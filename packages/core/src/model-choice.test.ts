import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { AGENT_ROLES, chooseRole } from "./model-choice.ts";
import { demandedSandbox, readSettings, withDefaults } from "./settings.ts";
import { settingsSchema } from "./settings-schema.ts";

const settingsOf = (document: unknown) => {
  const read = readSettings(document);
  if (read.kind === "invalid") throw new Error(read.problems.join("\n"));
  return read.settings;
};

describe("chooseRole", () => {
  it.each(AGENT_ROLES)("lets the %s differ from the others in agent, vendor, model and fallback", (role) => {
    const own = { agent: "codex", provider: "openai", model: "gpt-5.5", fallback: "gpt-5.5-mini" };
    const settings = settingsOf({ provider: "anthropic", model: "claude-opus-5", [role]: own });

    expect(chooseRole(settings, role, "anthropic")).toEqual(own);
    for (const other of AGENT_ROLES.filter((name) => name !== role)) {
      expect(chooseRole(settings, other, "anthropic")).toMatchObject({
        agent: "model",
        model: "claude-opus-5",
      });
    }
  });

  it.each([
    [{}, { agent: "model", provider: "anthropic", model: "claude-sonnet-5-5" }],
    [{ provider: "openai" }, { agent: "model", provider: "openai", model: "gpt-5.5" }],
    [{ provider: "openai-compatible" }, { agent: "model", provider: "openai-compatible", model: undefined }],
    [{ agent: "codex" }, { agent: "codex", provider: "openai", model: "gpt-5.5" }],
    [{ fallback: "claude-haiku-5" }, { provider: "anthropic", fallback: "claude-haiku-5" }],
    [{ contextTokens: 32_000 }, { provider: "anthropic", contextTokens: 32_000 }],
    [{ contextTokens: 32_000, coder: { contextTokens: 8_000 } }, { contextTokens: 8_000 }],
    // The model for all belongs to another vendor than the one this agent speaks to.
    [
      { provider: "anthropic", model: "claude-opus-5", coder: { agent: "codex" } },
      { agent: "codex", provider: "openai", model: "gpt-5.5" },
    ],
    [
      { provider: "openai-compatible", model: "qwen3", agent: "codex" },
      { agent: "codex", provider: "openai-compatible", model: "qwen3" },
    ],
  ])("reads %j for the coder", (document, expected) => {
    expect(chooseRole(settingsOf(document), "coder", "anthropic")).toMatchObject(expected);
  });

  it.each([
    [
      { coder: { agent: "claude-code", provider: "openai" } },
      "`coder.provider`: `claude-code` works with `anthropic`",
    ],
    [{ agent: "codex", provider: "anthropic" }, "`provider`: `codex` works with `openai`"],
    [{ critic: { agent: "aider" } }, "`critic.agent`"],
    [{ planner: { engine: "codex" } }, "`planner`: unknown key `engine`; known: `agent`, `provider`"],
  ])("says what is wrong with %j", (document, words) => {
    const read = readSettings(document);

    expect(read.kind === "invalid" ? read.problems.join("\n") : "valid").toContain(words);
  });
});

it.each([
  [{}, "bwrap", "bwrap"],
  [{ sandbox: "process" }, "bwrap", "bwrap"],
  [{ sandbox: "bwrap" }, "process", "bwrap"],
  [{ sandbox: "process" }, "process", "process"],
  [{}, "process", "process"],
] as const)("a file %j under an organization's %s demands the sandbox %s", (file, weakestSandbox, level) => {
  expect(demandedSandbox(settingsOf(file), { weakestSandbox })).toBe(level);
});

it("the published JSON Schema is that of the settings", () => {
  const published = readFileSync(new URL("../../../action/aicd.schema.json", import.meta.url), "utf8");

  expect(JSON.parse(published)).toEqual(settingsSchema());
});

describe("withDefaults", () => {
  const choice = (document: unknown, organization: Parameters<typeof withDefaults>[1]) => {
    const { provider, model } = chooseRole(
      withDefaults(settingsOf(document), organization),
      "coder",
      "anthropic",
    );
    return `${provider} ${model}`;
  };

  it.each([
    [{}, { provider: null, model: null }, "anthropic claude-sonnet-5-5"],
    [{}, { provider: "openai", model: null }, "openai gpt-5.5"],
    [{}, { provider: "openai", model: "gpt-5.5-mini" }, "openai gpt-5.5-mini"],
    [{ provider: "anthropic" }, { provider: "openai", model: "gpt-5.5-mini" }, "anthropic claude-sonnet-5-5"],
    [{ provider: "openai" }, { provider: "openai", model: "gpt-5.5-mini" }, "openai gpt-5.5-mini"],
    [{ model: "gpt-6" }, { provider: "openai", model: "gpt-5.5-mini" }, "openai gpt-6"],
    [{ coder: { model: "gpt-6" } }, { provider: "openai", model: "gpt-5.5-mini" }, "openai gpt-6"],
  ] as const)("the file %j over the organization's %j makes %s", (document, organization, wanted) => {
    expect(choice(document, organization)).toBe(wanted);
  });
});
