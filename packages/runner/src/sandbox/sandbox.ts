import { randomBytes } from "node:crypto";
import { mkdir, realpath } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { CommandResult, SandboxLevel } from "@aicd/core";
import { bwrap } from "./bwrap.ts";
import { createControlGroup } from "./control-group.ts";
import { copyGit, type InnerGit } from "./inner-git.ts";
import { insist, type Offer, startsBwrap } from "./level.ts";
import { defaultLimits, type SandboxLimits, shellLimits } from "./limits.ts";
import { reachOf } from "./reach.ts";
import { bootTicks, reap } from "./reap.ts";
import { listeningSockets } from "./sockets.ts";
import { spawn } from "./spawn.ts";
import { toolchainHomes } from "./toolchain-homes.ts";
import { watch } from "./watchdog.ts";

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
  /** The workspace is to be looked at only; a wall at level `bwrap`, nothing below it. */
  readOnly?: boolean;
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
  /** Weakest level that is accepted. */
  demanded: SandboxLevel;
  /** Strongest level that is tried; for a person who chose the weaker one, and for tests of it. */
  atMost?: SandboxLevel | undefined;
  /** Directories with secrets of the runner, invisible where the level allows it. */
  hidden?: string[] | undefined;
  /** Files whose lines steer later steps of the job: `GITHUB_ENV` and its like. */
  commandFiles?: string[] | undefined;
  /** What a person can do who has no better machine, for the error: half a paragraph, or nothing. */
  optOut?: string | undefined;
  limits?: Partial<SandboxLimits>;
};

const OUTPUT_CHARACTERS = 60_000;
const PROBE_MS = 20_000;

/** Throws AicdError `unavailable` when this machine has nothing as strong as demanded, or it does not hold. */
export async function createSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { workspaceDir, path, demanded } = options;
  const walls = await build(options);
  const bounds = { ...defaultLimits(), ...options.limits };
  const offer = await choose(options, walls);
  insist(demanded, offer, options.optOut ?? "");
  const { level } = offer;
  const own = await Promise.all([workspaceDir, walls.home, walls.temp].map((place) => realpath(place)));

  async function run(argv: readonly string[], limits: SandboxRun): Promise<CommandResult> {
    const { timeoutMs, signal, maxCharacters = OUTPUT_CHARACTERS } = limits;
    const { network = false, readOnly = false } = limits;
    const marker = `AICD_RUN=${randomBytes(12).toString("hex")}`;
    const limited = ["/bin/sh", "-c", shellLimits(bounds), "sh", ...argv];
    const places = [workspaceDir, walls.temp];
    const group = createControlGroup(`aicd-${marker.slice(-24)}`, bounds);
    const enter = group === undefined ? [] : ["/bin/sh", "-c", `${group.enter}; exec "$@"`, "sh"];
    const whole = level === "bwrap" ? [...bwrap({ ...walls, network, readOnly }), ...limited] : limited;
    const since = await bootTicks();
    const running = spawn([...enter, ...whole], {
      cwd: workspaceDir,
      env: { ...clearedEnv({ ...walls, path }), ...limits.env, AICD_RUN: marker.slice("AICD_RUN=".length) },
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

  return { level, temp: walls.temp, run };
}

type Site = Omit<SandboxOptions, "demanded" | "limits" | "optOut">;

/** What commands at this site can be shut in with. */
export async function offerOf(site: Site): Promise<Offer> {
  return choose(site, await build(site));
}

/** bubblewrap where it starts and where a command that tries gets past none of its walls. */
async function choose({ atMost, commandFiles = [], ...site }: Site, walls: Walls): Promise<Offer> {
  const { workspaceDir, tempDir, path } = site;
  if (atMost === "process") return { level: "process", why: "Nothing stronger was to be tried." };
  const shut = bwrap({ ...walls, network: false, readOnly: false });
  const offered = await startsBwrap(shut, { cwd: workspaceDir, path });
  if (offered.level === "process") return offered;
  const reached = await reachOf({
    ...{ workspaceDir, tempDir, commandFiles, sockets: walls.sockets },
    run: (argv, env) =>
      spawn([...shut, ...argv], {
        ...{ cwd: workspaceDir, timeoutMs: PROBE_MS, maxCharacters: OUTPUT_CHARACTERS },
        env: { ...clearedEnv({ ...walls, path }), ...env },
      }),
  });
  if (reached.length === 0) return offered;
  return { level: "process", why: `bubblewrap starts, but a command in it reaches ${reached.join(", ")}.` };
}

type Walls = Omit<Parameters<typeof bwrap>[0], "network" | "readOnly">;

/** Makes the directories commands get, and finds what is to be kept from them. */
async function build({ workspaceDir, tempDir, path, hidden = [] }: Site): Promise<Walls> {
  const [home, temp, scratch] = ["home", "tmp", "scratch"].map((name) => join(tempDir, name)) as [
    string,
    string,
    string,
  ];
  for (const made of [home, temp, scratch]) await mkdir(made, { recursive: true });
  const git: InnerGit = await copyGit(workspaceDir, tempDir);
  return {
    ...{ workspace: workspaceDir, home, temp, scratch, path, git },
    hidden: [...new Set([...hidden, tempDir])],
    sockets: await listeningSockets(),
  };
}

/** All a command gets to know of its surroundings. */
function clearedEnv(places: { path: string; home: string; temp: string }): Record<string, string> {
  return {
    // Last: what a setup brings is found, and stands in front of nothing the machine has.
    PATH: `${places.path}${delimiter}${join(places.home, ".local", "bin")}`,
    HOME: places.home,
    TMPDIR: places.temp,
    LANG: "C.UTF-8",
    CI: "true",
    TERM: "dumb",
    GIT_TERMINAL_PROMPT: "0",
    ...toolchainHomes(places.path),
  };
}
