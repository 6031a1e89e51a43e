import { type AgentScope, AicdError, type FileChange } from "@aicd/core";

/** A workspace in memory: the walk measures the control plane, not a file system. */
export function memoryScope(): AgentScope & { files(): FileChange[] } {
  const files = new Map<string, string>();
  const refuse = async (): Promise<never> => {
    throw new AicdError("forbidden", "The benchmark's workspace only writes.");
  };
  return {
    workspace: {
      read: async (path) => files.get(path) ?? "",
      write: async (path, content) => void files.set(path, content),
      delete: async (path) => void files.delete(path),
      list: async () => [...files.keys()],
      search: refuse,
      run: refuse,
      diff: async () => "",
    },
    programs: { level: "process", run: refuse },
    codeSearch: { search: async () => [] },
    budget: { limitMicroUsd: 1, deadlineMs: Number.MAX_SAFE_INTEGER, maxSteps: 1, spentMicroUsd: () => 0 },
    signal: new AbortController().signal,
    report: () => undefined,
    now: Date.now,
    files: () =>
      [...files].map(([path, content]) => ({
        kind: "write",
        path,
        mode: "100644",
        baseMode: null,
        contentBase64: Buffer.from(content).toString("base64"),
      })),
  };
}
