import type { CommandRun } from "@aicd/core";
import type { Commands } from "../derive/plan.ts";
import { type Failed, failed } from "./attempt.ts";

const TAIL_CHARACTERS = 3_000;

/** What the end of a log most often means, and what mends it. */
const FIXES: readonly [RegExp, string][] = [
  [
    /command not found|: not found|No such file or directory.*(?:exec|spawn)|ENOENT/i,
    "A program is missing: install it in a step before the one that runs AI-CD in `.github/workflows/aicd.yml`.",
  ],
  [
    /EBADENGINE|Unsupported engine|requires a different Python|requires-python|requires go >=|invalid target release|rustc [\d.]+ or newer/i,
    "The repository wants another version of its language: let a `setup-…` step of `.github/workflows/aicd.yml` install it.",
  ],
  [
    /\b(?:401|403)\b|E401|E403|authentication|Permission denied \(publickey\)|could not read Username/i,
    "A private registry or repository asks for credentials, which no command here has: install the dependencies in a step of `.github/workflows/aicd.yml`, where a secret may be used; what is installed in the checkout is taken as it is.",
  ],
  [
    /pg_config|\.h: No such file|pkg-config|cannot find -l|linker .* not found|fatal error: \S+: No such file/i,
    "A system library is missing: let a step of `.github/workflows/aicd.yml` install it with `sudo apt-get install --yes …`.",
  ],
  [
    /lock ?file.*(?:out of date|not up to date|needs to be updated|would be modified)|frozen-lockfile|can only install packages when your package\.json|YN0028/i,
    "The lock file does not fit the manifest: bring it up to date on the default branch.",
  ],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|Could not resolve host|Temporary failure in name resolution|ETIMEDOUT/i,
    "The network could not be reached from where the setup runs: see that the runner may reach the registry.",
  ],
];

/** The failure of the last setup command, with the end of its log and what mends it; undefined where it went well. */
export function setupFailure(setup: readonly CommandRun[], { setup: planned }: Commands): Failed | undefined {
  const last = setup.at(-1);
  if (last === undefined || last.exitCode === 0) return undefined;
  const from = planned.find(({ run }) => run === last.command)?.from;
  const end = last.exitCode === null ? "did not end" : `ended with exit code ${last.exitCode}`;
  const tail = last.outputTail.slice(-TAIL_CHARACTERS).trim();
  const fix =
    FIXES.find(([pattern]) => pattern.test(tail))?.[1] ??
    "Mend it, or say in `.github/aicd.yml` under `setup` which commands prepare the checkout.";
  return failed(
    "setup_failed",
    [
      `\`${last.command}\`${from === undefined ? "" : ` (from ${from})`} ${end}.`,
      fix,
      tail === "" ? "It printed nothing." : `Its last words:\n${tail}`,
    ].join("\n\n"),
  );
}
