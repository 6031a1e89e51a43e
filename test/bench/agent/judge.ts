import { chmod, cp, mkdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { ChangeSet } from "../../../packages/core/src/index.ts";
import { createSandbox } from "../../../packages/runner/src/index.ts";
import { checkOut } from "./checkout.ts";
import type { Task } from "./task.ts";

export type Judgement = { passed: boolean; exitCode: number | null; tail: string };

const CHECK_MS = 10 * 60_000;
const TAIL_CHARACTERS = 2_000;
/** What the judge needs no more, and what would only be copied for nothing. */
const LEFT_OUT = /^(?:repo\.bundle|recording\..*\.json)$/;

/**
 * Runs a task's check.sh on a fresh checkout with the change applied. It is called once the agent is
 * over; until then neither the script nor what lies beside it has been near the agent's checkout. The
 * script finds the repository in its working directory and in \`$1\`, its own files beside \`$0\`.
 */
export async function judge(
  task: Task,
  changeSet: ChangeSet,
  options: { directory: string; path: string; signal: AbortSignal },
): Promise<Judgement> {
  const repository = join(options.directory, "judged");
  const tempDir = join(options.directory, "judge");
  await checkOut(task, repository);
  await apply(changeSet, repository);
  const sandbox = await createSandbox({
    workspaceDir: repository,
    tempDir,
    path: options.path,
    demanded: "process",
  });
  const folder = join(tempDir, "tmp", "check");
  const filter = (source: string) => !LEFT_OUT.test(basename(source));
  await cp(task.directory, folder, { recursive: true, filter });
  const script = join(folder, "check.sh");
  await chmod(script, 0o755);
  // A script without a shebang cannot be started by itself.
  const command = ["/bin/sh", "-c", 'head -c 2 "$1" | grep -q "^#!" && exec "$1" "$2"; exec sh "$1" "$2"'];
  const limits = { timeoutMs: CHECK_MS, signal: options.signal, network: true };
  const { exitCode, output, timedOut } = await sandbox.run([...command, "check", script, repository], limits);
  const tail = timedOut ? `check.sh did not end within ${CHECK_MS / 60_000} minutes.` : output.trim();
  return { passed: exitCode === 0, exitCode, tail: tail.slice(-TAIL_CHARACTERS) };
}

/** The policy engine has passed the paths: plain files inside the repository. */
async function apply(changeSet: ChangeSet, directory: string): Promise<void> {
  for (const file of changeSet.files) {
    const place = join(directory, file.path);
    if (file.kind === "delete") {
      await rm(place, { force: true });
      continue;
    }
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, Buffer.from(file.contentBase64, "base64"));
    await chmod(place, file.mode === "100755" ? 0o755 : 0o644);
  }
}
