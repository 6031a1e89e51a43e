import { type AgentProgress, type AgentScope, AicdError, type CodeHit, type Workspace } from "@aicd/core";

export type TestScope = AgentScope & { files: Map<string, string>; progress: AgentProgress[] };

/** A scope over files in memory, with a generous budget; anything can be overridden. */
export function createScope(
  files: Record<string, string> = {},
  overrides: Partial<AgentScope["budget"]> & Partial<Pick<AgentScope, "signal" | "now">> = {},
): TestScope {
  const store = new Map(Object.entries(files));
  const progress: AgentProgress[] = [];
  let spent = 0;
  const { signal = new AbortController().signal, now = () => 0, ...budget } = overrides;
  return {
    files: store,
    progress,
    workspace: createMemory(store),
    programs: { level: "process", run: () => Promise.reject(new Error("This scope starts no programs.")) },
    codeSearch: { search: async (query) => hits(store, query) },
    budget: {
      limitMicroUsd: 1_000_000_000,
      deadlineMs: 3_600_000,
      maxSteps: 100,
      spentMicroUsd: () => spent,
      ...budget,
    },
    signal,
    report(item) {
      progress.push(item);
      if (item.type === "usage") spent += item.microUsd;
    },
    now,
  };
}

/** Files that have the words of the question, in the order of their names. */
function hits(files: Map<string, string>, query: string): CodeHit[] {
  const found = [...files].filter(([, content]) => query.split(/\s+/).some((word) => content.includes(word)));
  return found.map(([path]) => ({ path, symbol: null, from: 1, to: 1, score: 1, reason: "words" }));
}

/** What is no pattern is refused, as git refuses it. */
function has(content: string, pattern: string, literal: boolean): boolean {
  if (literal) return content.toLowerCase().includes(pattern.toLowerCase());
  try {
    return new RegExp(pattern, "i").test(content);
  } catch {
    throw new AicdError("invalid", "fatal: command line: Unmatched ( or \\(");
  }
}

function createMemory(files: Map<string, string>): Workspace {
  return {
    async read(path) {
      const content = files.get(path);
      if (content === undefined) throw new AicdError("missing", `\`${path}\` does not exist.`);
      return content;
    },
    async write(path, content) {
      if (path.includes("..")) throw new AicdError("forbidden", `\`${path}\` is refused.`);
      files.set(path, content);
    },
    async delete(path) {
      files.delete(path);
    },
    async list(path) {
      const names = [...files.keys()].filter((name) => path === "." || name.startsWith(`${path}/`));
      if (names.length === 0 && path !== ".") throw new AicdError("missing", `\`${path}\` does not exist.`);
      return names.sort();
    },
    async search(pattern, { literal = false } = {}) {
      const matches = [...files].filter(([, content]) => has(content, pattern, literal));
      return matches.map(([path]) => `${path}:1:match`).join("\n");
    },
    async run(command) {
      return {
        exitCode: command === "false" ? 1 : 0,
        output: `ran ${command}`,
        durationMs: 1,
        timedOut: false,
      };
    },
    async diff() {
      return "";
    },
  };
}
