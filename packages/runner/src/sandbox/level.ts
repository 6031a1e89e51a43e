import { AicdError, type SandboxLevel } from "@aicd/core";
import { spawn } from "./spawn.ts";

/** What a machine offers at most; `why` says what keeps it from more. */
export type Offer = { level: "bwrap" } | { level: "process"; why: string };

const LINES = {
  missing:
    "bubblewrap is not installed. On Debian and Ubuntu: `sudo apt-get install --yes bubblewrap`; on Fedora: `sudo dnf install bubblewrap`.",
  forbidden:
    "bubblewrap is installed, but this system lets it make no namespaces. Ubuntu 24.04 needs a line in /etc/apparmor.d, as in the example workflow; a container needs `--security-opt seccomp=unconfined --security-opt apparmor=unconfined` or a runtime with user namespaces",
} as const;

/**
 * Whether bubblewrap starts at all with these arguments: being installed is not enough, many hosts forbid
 * user namespaces.
 *
 * @param argv bubblewrap's own, up to the command
 */
export async function startsBwrap(
  argv: readonly string[],
  options: { cwd: string; path: string },
): Promise<Offer> {
  if (process.platform !== "linux") {
    return { level: "process", why: `bubblewrap needs Linux; this is ${process.platform}.` };
  }
  const probe = { cwd: options.cwd, env: { PATH: options.path }, timeoutMs: 5_000, maxCharacters: 1_000 };
  try {
    const { exitCode, output } = await spawn([...argv, "/bin/sh", "-c", ":"], probe);
    if (exitCode === 0) return { level: "bwrap" };
    return { level: "process", why: `${LINES.forbidden} (${output.trim().split("\n").at(-1)}).` };
  } catch (error) {
    // A machine that has no room for a process says nothing of what is installed.
    if (error instanceof AicdError) throw error;
    return { level: "process", why: LINES.missing };
  }
}

/** @throws AicdError `unavailable` when less is offered than demanded */
export function insist(demanded: SandboxLevel, offer: Offer, optOut: string): void {
  if (demanded === "process" || offer.level === "bwrap") return;
  throw new AicdError(
    "unavailable",
    `Commands of the repository and of the model run in the sandbox \`${demanded}\` or not at all. ${offer.why} ${optOut}`.trim(),
    { retryable: false },
  );
}
