import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { AicdError } from "@aicd/core";

/** GIT_CONFIG_GLOBAL came with it: an older git would read hooks and settings of this machine's user. */
const OLDEST = { major: 2, minor: 32 };

/**
 * Asked once, before work is begun that would fail somewhere in the middle.
 * @param path directories programs are in
 * @throws AicdError in one line when git is missing or too old
 */
export async function insistOnGit(path: string | undefined): Promise<void> {
  const wanted = `git ${OLDEST.major}.${OLDEST.minor} or later`;
  let said: string;
  try {
    const env = { LC_ALL: "C", ...(path === undefined ? {} : { PATH: path }) };
    said = (await promisify(execFile)("git", ["--version"], { env })).stdout;
  } catch (cause) {
    throw new AicdError("unavailable", `git could not be started. Install ${wanted}.`, {
      cause,
      retryable: false,
    });
  }
  const [, major = 0, minor = 0] = /(\d+)\.(\d+)/.exec(said)?.map(Number) ?? [];
  if (major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)) return;
  throw new AicdError("unavailable", `${said.trim()} is too old. Install ${wanted}.`, { retryable: false });
}
