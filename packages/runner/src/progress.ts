import type { AgentProgress } from "@aicd/core";
import type { RunnerEvent } from "@aicd/protocol";
import type { Redact } from "./redact.ts";

/** What of an agent's progress goes on record. Its free talk stays in the log of the run. */
export function toEvent(progress: AgentProgress, redact: Redact): RunnerEvent | undefined {
  switch (progress.type) {
    case "phase":
      return {
        type: "phase.entered",
        phase: progress.phase,
        ...(progress.detail === undefined ? {} : { detail: redact(progress.detail).slice(0, 500) }),
      };
    case "tool":
      return {
        type: "tool.used",
        tool: progress.tool.slice(0, 100),
        detail: redact(progress.detail).slice(0, 500),
        ok: progress.ok,
      };
    case "usage":
      return { type: "model.used", model: progress.model.slice(0, 200), microUsd: progress.microUsd };
    case "note":
      return { type: "note.made", text: redact(progress.text).slice(0, 2_000) };
    case "text":
      return undefined;
  }
}
