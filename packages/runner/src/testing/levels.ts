import { execFileSync } from "node:child_process";
import type { SandboxLevel } from "@aicd/core";

/** Whether this machine lets bubblewrap make namespaces. */
export function hasBwrap(): boolean {
  try {
    execFileSync("bwrap", ["--unshare-all", "--ro-bind", "/", "/", "true"], { stdio: "ignore" });
    return true;
  } catch {
    // Not installed, or the host forbids it.
    return false;
  }
}

export const WITHOUT_BWRAP = "bubblewrap is not installed, or this host forbids user namespaces";

/** The levels that can be had on this machine, the weakest first. */
export const LEVELS: readonly SandboxLevel[] = hasBwrap() ? ["process", "bwrap"] : ["process"];
