import { randomBytes } from "node:crypto";
import { access, mkdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { AicdError, type CommandResult, type Settings } from "@aicd/core";
import { bwrap } from "./bwrap.ts";
import { createControlGroup } from "./control-group.ts";
import { defaultLimits, type SandboxLimits, shellLimits } from "./limits.ts";
import { bootTicks, reap } from "./reap.ts";
import { spawn } from "./spawn.ts";
import { watch } from "./watchdog.ts";

type SandboxLevel = Settings["sandbox"];

/** From weakest to strongest. */
const LEVELS = ["process", "container", "bwrap"] as const satisfies SandboxLevel[];

/** Where commands of the repository and of the model run: no secrets, no lasting processes. */
export type Sandbox = {
  /** The level in use, as reported in evidence. */
  readonly level: SandboxLevel;
  /** A directory of ours that commands see under the same path and may write. */
  readonly temp: string;
  /** Runs argv in the workspace. Output is bounded; the process tree is gone when this resolves. */
  run(argv: readonly string[], options: SandboxRun): Promise<CommandResult>;
};

type SandboxRun = {
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  maxCharacters?: number;
  /** Only the repository's own setup commands may have it, and only before the agent has written. */
  network?: boolean;
  /** Added to the cleared environment. */
  env?: Record<string, string>;
  input?: string;
  onLine?: (line: string) => void;
};

export type SandboxOptions = {
  workspaceDir: string;
  tempDir: string;
  /** PATH of the commands. */
  path: string;
  /** Weakest level the settings accept. */
  demanded: SandboxLevel;
  /** Directories with secrets of the runner, invisible where the level allows it. */
  hidden?: string[];
  limits?: Partial<SandboxLimits>;
};

const OUTPUT_CHARACTERS = 60_000;

/** Throws AicdError `unavailable` when this machine has nothing as strong as demanded. */
export async function createSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { workspaceDir, tempDir, path, demanded, hidden = [] } = options;
  const home = join(tempDir, "home");
  const temp = join(tempDir, "tmp");
  const scratch = join(tempDir, "scratch");
  for (const made of [home, temp, scratch]) await mkdir(made, { recursive: true });
  const own = await Promise.all([workspaceDir, home, temp].map((place) => realpath(place)));
  const bounds = { ...defaultLimits(), ...options.limits };
  const level = await strongest(path, workspaceDir);
  if (LEVELS.indexOf(level) < LEVELS.indexOf(demanded)) {
    throw new AicdError(
      "unavailable",
      `The settings demand the sandbox \`${demanded}\`, this runner offers \`${level}\`. Install bubblewrap on the runner or lower \`sandbox\` in .github/aicd.yml.`,
      { retryable: false },
    );
  }

  async function run(argv: readonly string[], limits: SandboxRun): Promise<CommandResult> {
    const { timeoutMs, signal, maxCharacters = OUTPUT_CHARACTERS, network = false } = limits;
    const marker = `AICD_RUN=${randomBytes(12).toString("hex")}`;
    const limited = ["/bin/sh", "-c", shellLimits(bounds), "sh", ...argv];
    const confined = bwrap({ workspace: workspaceDir, home, temp, scratch, hidden, path, network });
    const places = [workspaceDir, temp];
    const group = createControlGroup(`aicd-${marker.slice(-24)}`, bounds);
    const enter = group === undefined ? [] : ["/bin/sh", "-c", `${group.enter}; exec "$@"`, "sh"];
    const whole = level === "bwrap" ? [...confined, ...limited] : limited;
    const since = await bootTicks();
    const running = spawn([...enter, ...whole], {
      cwd: workspaceDir,
      env: { ...clearedEnv({ path, home, temp }), ...limits.env, AICD_RUN: marker.slice("AICD_RUN=".length) },
      timeoutMs,
      signal,
      maxCharacters,
      input: limits.input,
      onLine: limits.onLine,
      watch: (pid, stop) => watch(pid, { limits: bounds, places, stop }),
      // In its own PID namespace nothing outlives bwrap.
      ...(level === "bwrap" ? {} : { reap: () => reap({ marker, places: own, since }) }),
    });
    return running.finally(() => group?.remove());
  }

  return { level, temp, run };
}

/** All a command gets to know of its surroundings. */
function clearedEnv(places: { path: string; home: string; temp: string }): Record<string, string> {
  return {
    PATH: places.path,
    HOME: places.home,
    TMPDIR: places.temp,
    LANG: "C.UTF-8",
    CI: "true",
    TERM: "dumb",
    NO_COLOR: "1",
    GIT_TERMINAL_PROMPT: "0",
  };
}

async function strongest(path: string, workspaceDir: string): Promise<SandboxLevel> {
  if (await worksWithBwrap(path, workspaceDir)) return "bwrap";
  for (const mark of ["/.dockerenv", "/run/.containerenv"]) {
    if (await exists(mark)) return "container";
  }
  return "process";
}

/** Being installed is not enough: many hosts forbid user namespaces. */
async function worksWithBwrap(path: string, workspaceDir: string): Promise<boolean> {
  const argv = bwrap({
    workspace: workspaceDir,
    home: workspaceDir,
    temp: workspaceDir,
    scratch: workspaceDir,
    hidden: [],
    path,
    network: false,
  });
  try {
    const probe = { cwd: workspaceDir, env: { PATH: path }, timeoutMs: 5_000, maxCharacters: 1_000 };
    return (await spawn([...argv, "/bin/sh", "-c", ":"], probe)).exitCode === 0;
  } catch {
    // Not installed.
    return false;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    // Absence is the answer.
    return false;
  }
}
