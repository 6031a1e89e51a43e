import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const execute = promisify(execFile);
const ROOT = join(import.meta.dirname, "../..");
const OVERLAY = "packages/proprietary-ai";
const CANARY = "overlay-canary-5d1f";
const LOAD = `
import { loadAgent } from "./packages/agents/src/index.ts";
const choice = { provider: "anthropic", model: "claude-sonnet-5" };
const endpoint = { baseURL: "http://127.0.0.1:1", apiKey: "k" };
const models = { planner: choice, coder: choice, critic: choice };
console.log((await loadAgent({ models, endpoints: { anthropic: endpoint, openai: endpoint } })).name);
`;
let copy = "";

async function run(file: string, ...args: string[]): Promise<string> {
  const env = { PATH: process.env.PATH ?? "", HOME: copy };
  return (await execute(file, args, { cwd: copy, env, maxBuffer: 64 * 1024 * 1024 })).stdout;
}

/** The files git knows, as they are now, with their dependencies linked as an install links them. */
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), "aicd-open-core-"));
  const { stdout } = await execute("git", ["ls-files", "-z"], { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 });
  for (const file of stdout.split("\0").filter((name) => name !== "")) {
    await cp(join(ROOT, file), join(copy, file), { recursive: true }).catch(() => undefined);
  }
  await mkdir(join(copy, "node_modules/@aicd"), { recursive: true });
  for (const name of await readdir(join(ROOT, "node_modules"))) {
    if (name !== "@aicd") await symlink(join(ROOT, "node_modules", name), join(copy, "node_modules", name));
  }
  for (const room of await readdir(join(copy, "packages"))) {
    await symlink(join(copy, "packages", room), join(copy, "node_modules/@aicd", room));
  }
}, 120_000);
afterAll(() => rm(copy, { recursive: true, force: true, maxRetries: 3 }));

async function plant(): Promise<void> {
  const files = {
    "package.json": JSON.stringify({
      name: "@aicd/proprietary-ai",
      private: true,
      version: "0.1.0",
      type: "module",
      exports: { ".": "./src/index.ts" },
    }),
    "src/index.ts": `export const createAgent = () => ({ name: "${CANARY}" });\n`,
    "src/prompts/coder.txt": `${CANARY}\n`,
  };
  for (const [name, content] of Object.entries(files)) {
    const place = join(copy, OVERLAY, name);
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, content);
  }
  await symlink(join(copy, OVERLAY), join(copy, "node_modules/@aicd/proprietary-ai"));
}

describe("the private overlay", () => {
  it("is not needed, and is used when it is there", async () => {
    expect((await run("node", "--input-type=module", "--eval", LOAD)).trim()).toBe("claude-sonnet-5");

    await plant();

    expect((await run("node", "--input-type=module", "--eval", LOAD)).trim()).toBe(CANARY);
  });

  it("cannot be committed", async () => {
    await run("git", "init", "--quiet");
    await run("git", "add", "--all");

    expect(await run("git", "ls-files")).not.toContain("proprietary-ai");
    expect(
      await run("git", "check-ignore", `${OVERLAY}/src/index.ts`, `${OVERLAY}/src/prompts/coder.txt`),
    ).toContain("coder.txt");
  });

  it("is in no bundle of the Action", async () => {
    const dist = join(copy, "dist");
    await run("node", "action/bundle.ts", dist);

    const files = await readdir(dist);
    expect(files).toContain("index.js");
    for (const file of files) expect(await readFile(join(dist, file), "utf8")).not.toContain(CANARY);
  }, 180_000);

  it("is in no Docker context", async () => {
    const lines = (await readFile(join(copy, ".dockerignore"), "utf8"))
      .split("\n")
      .map((line) => line.trim());

    expect(lines).toContain(OVERLAY);
    // The last rule that fits counts, so nothing may be let in again.
    expect(lines.filter((line) => line.startsWith("!"))).toEqual([]);
  });

  it("is in nothing that is packed for npm", async () => {
    const packed = await run(
      "npm",
      "pack",
      "--dry-run",
      "--json",
      "--workspaces",
      "--include-workspace-root",
      "--ignore-scripts",
    );
    const all = JSON.parse(packed.slice(packed.indexOf("["))) as {
      name: string;
      files: { path: string }[];
    }[];
    const others = all.filter(({ name }) => name !== "@aicd/proprietary-ai");

    expect(others.length).toBeGreaterThan(10);
    expect(
      others
        .flatMap(({ files }) => files.map(({ path }) => path))
        .filter((path) => path.includes("proprietary")),
    ).toEqual([]);
  }, 120_000);
});
