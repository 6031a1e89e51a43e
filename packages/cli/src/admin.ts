import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";

const OPERATE = fileURLToPath(new URL("../../../control-plane/src/admin.ts", import.meta.url));
const BILLING = fileURLToPath(new URL("../../../control-plane/src/reconcile-billing.ts", import.meta.url));

/** The operator's commands: programs of the server, with the environment that it reads too. */
export function addAdmin(program: Command): void {
  const admin = program
    .command("admin")
    .description("for the operator of a server, with the server's own environment");
  admin
    .command("billing")
    .description("what is sold")
    .command("reconcile")
    .description("name every difference between the ledger and Stripe; exit 2 when there are some")
    .action(() => runProgram(BILLING, []));
  addSwitch(admin);
  const jobs = admin.command("jobs").description("owed work");
  jobs
    .command("list")
    .description("jobs that were given up, or are due for five minutes")
    .action(() => runProgram(OPERATE, ["jobs", "list"]));
  jobs
    .command("explain <id>")
    .description("everything that is known of a job")
    .action((id: string) => runProgram(OPERATE, ["jobs", "explain", id]));
  jobs
    .command("retry <id>")
    .description("owe a job again, with all its tries; its handler looks first what is done already")
    .action((id: string) => runProgram(OPERATE, ["jobs", "retry", id]));
  jobs
    .command("bury <id>")
    .description("give a job up; where it has last words on the thread, a worker says them")
    .action((id: string) => runProgram(OPERATE, ["jobs", "bury", id]));
  admin
    .command("tasks")
    .description("tasks of all organisations")
    .command("stuck")
    .description("tasks at work that have not moved for ten minutes, and what is owed for them")
    .action(() => runProgram(OPERATE, ["tasks", "stuck"]));
}

/** For the whole server: stop beginning, begin again, and which of them it is. */
function addSwitch(admin: Command): void {
  admin
    .command("pause")
    .description("begin no attempt any more; what is asked for waits, and what is at work is let finish")
    .option("--now", "take what is at work back into the queue, and let no model be called", false)
    .option("--why <words>", "shown to the people who wait", "")
    .action(({ now, why }: { now: boolean; why: string }) =>
      runProgram(OPERATE, ["pause", why, ...(now ? ["--now"] : [])]),
    );
  admin
    .command("resume")
    .description("end the pause; what waited starts within a minute")
    .action(() => runProgram(OPERATE, ["resume"]));
  admin
    .command("status")
    .description("whether the server is paused, and how much waits or is at work")
    .action(() => runProgram(OPERATE, ["status"]));
}

/** Its exit code becomes ours. */
async function runProgram(file: string, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [file, ...args], {
    stdio: "inherit",
  });
  process.exitCode = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
