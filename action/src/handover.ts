import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { LeaseGrant } from "@aicd/protocol";
import { z } from "zod";
import { type Surroundings, surroundings } from "./env.ts";
import { Standalone } from "./standalone.ts";

/** What the clean process must know; it travels in a file that is read once and gone. */
const Handover = z.discriminatedUnion("mode", [
  z.object({
    mode: z.literal("leased"),
    controlPlaneUrl: z.string(),
    grant: LeaseGrant,
    githubToken: z.string(),
  }),
  z.object({ mode: z.literal("standalone"), work: Standalone }),
]);
export type Handover = z.infer<typeof Handover>;

const NAME = "AICD_HANDOVER";

/** The step's own business: where things are, and how to reach the network. No tokens. */
const KEPT = [
  ...["PATH", "HOME", "LANG", "TMPDIR", "GITHUB_WORKSPACE", "GITHUB_SERVER_URL", "RUNNER_TEMP"],
  ...["GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE"],
  ...["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_API_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID"],
  ...["NODE_EXTRA_CA_CERTS", "NODE_USE_ENV_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"],
] as const;

/**
 * Puts a fresh image in the place of this process, whose environment holds the runner's tokens: any
 * command of the same user could read them under /proc for as long as this image lives. Returns only
 * where a process cannot do that (Windows); the sandbox level says then how much to trust.
 */
export function handOver(handover: Handover, tempDir: string, source: Surroundings = surroundings()): void {
  if (process.execve === undefined || process.platform === "win32") return;
  const path = join(tempDir, "handover.json");
  writeFileSync(path, JSON.stringify(handover), { mode: 0o600, flag: "wx" });
  const kept = KEPT.flatMap((name) => (source[name] === undefined ? [] : [[name, source[name]]]));
  const [program = "", ...args] = process.argv;
  process.execve(program, [program, ...process.execArgv, ...args], {
    ...Object.fromEntries(kept),
    [NAME]: path,
  });
}

/** What an earlier image of this process handed over, and the directory that is ours; undefined in a first image. */
export function takeOver(
  source: Surroundings = surroundings(),
): { handover: Handover; tempDir: string } | undefined {
  const path = source[NAME];
  if (path === undefined) return undefined;
  const text = readFileSync(path, "utf8");
  rmSync(path);
  return { handover: Handover.parse(JSON.parse(text)), tempDir: dirname(path) };
}
