import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type AgentOptions, loadAgent } from "./load-agent.ts";
import { connectModel } from "./models/connect.ts";

const choice = { provider: "anthropic", model: "claude-sonnet-5" } as const;
const endpoint = { baseURL: "http://127.0.0.1:1", apiKey: "k" };
const options: AgentOptions = {
  models: { planner: choice, coder: { ...choice, model: "claude-opus-5" }, critic: choice },
  endpoints: { anthropic: endpoint, openai: endpoint },
};
const home = join(import.meta.dirname, "..", "node_modules", "@aicd-test");

async function plant(name: string, source: string): Promise<string> {
  await mkdir(join(home, name), { recursive: true });
  await writeFile(
    join(home, name, "package.json"),
    JSON.stringify({ type: "module", exports: "./index.js" }),
  );
  await writeFile(join(home, name, "index.js"), source);
  return `@aicd-test/${name}`;
}

afterEach(() => rm(home, { recursive: true, force: true }));

describe("loadAgent", () => {
  it("gives the open agent when there is no overlay", async () => {
    expect((await loadAgent(options)).name).toBe("claude-sonnet-5 + claude-opus-5");
  });

  it("prefers an overlay that is there", async () => {
    const name = await plant(
      "present",
      "export const createAgent = ({ models }) => ({ name: models.coder.model + '!' });",
    );

    expect((await loadAgent(options, name)).name).toBe("claude-opus-5!");
  });

  it("does not hide an overlay that is broken", async () => {
    const name = await plant("broken", "import 'not-installed-anywhere';");

    await expect(loadAgent(options, name)).rejects.toThrow("not-installed-anywhere");
  });
});

it("keeps a conversation within what the settings say its server takes", () => {
  const model = connectModel(
    { ...choice, fallback: "claude-haiku-5", contextTokens: 8_000 },
    options.endpoints,
  );

  expect(model.contextTokens).toBe(8_000);
});
