import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** What runs on this machine, one command line a line. Small systems have no `ps`; Linux has /proc. */
export function commandLines(): string {
  if (process.platform !== "linux") return execFileSync("ps", ["-eo", "args"]).toString();
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      } catch {
        return ""; // ended meanwhile
      }
    })
    .join("\n");
}
