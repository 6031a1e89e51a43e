import { cleanText } from "@aicd/core";
import type { ReadClient } from "../clients.ts";
import type { RepositoryName } from "../permission.ts";
import { isStatus } from "../status.ts";
import { ACTIONS_APP, type FoundCheck } from "./check-results.ts";

/** What is kept of a log, from its end; a longer one is read past, up to `MOST_BYTES`. */
const TAIL_BYTES = 512 * 1024;
const MOST_BYTES = 64 * 1024 * 1024;
const EXCERPT = 6_000;
const LOG_MS = 60_000;

export type FailureLog = {
  /** The end of what the failing step said. */
  excerpt: string;
  /** All that is known of it, to look for names of tests in. */
  whole: string;
};

/** What a failed check said: the log of its job where it is one, else its own words. Text of strangers. */
export async function fetchFailureLog(
  read: ReadClient,
  repository: RepositoryName,
  check: Pick<FoundCheck, "id" | "app" | "words">,
): Promise<FailureLog> {
  const log = check.app === ACTIONS_APP ? await fetchJobLog(read, repository, check.id) : undefined;
  return excerptOf(log ?? check.words);
}

/** Undefined: GitHub has none (any more), or does not let us. */
async function fetchJobLog(
  read: ReadClient,
  { owner, name }: RepositoryName,
  jobId: number,
): Promise<string | undefined> {
  try {
    // The redirect is followed by hand: its target is a storage that must not see our token, and may send much.
    const { headers } = await read.rest.actions.downloadJobLogsForWorkflowRun({
      ...{ owner, repo: name, job_id: jobId },
      request: { redirect: "manual" },
    });
    if (headers.location === undefined) return undefined;
    const answer = await fetch(headers.location, { signal: AbortSignal.timeout(LOG_MS) });
    return answer.ok && answer.body !== null ? await tailOf(answer.body) : undefined;
  } catch (error) {
    if (isStatus(error, 403) || isStatus(error, 404) || isStatus(error, 410)) return undefined;
    throw error;
  }
}

async function tailOf(body: ReadableStream<Uint8Array>): Promise<string> {
  const kept: Uint8Array[] = [];
  let size = 0;
  let read = 0;
  for await (const chunk of body) {
    kept.push(chunk);
    size += chunk.length;
    read += chunk.length;
    while (kept[0] !== undefined && size - kept[0].length >= TAIL_BYTES) size -= kept.shift()?.length ?? 0;
    if (read > MOST_BYTES) break;
  }
  const all = Buffer.concat(kept);
  return all.subarray(Math.max(0, all.length - TAIL_BYTES)).toString("utf8");
}

/** GitHub's log of a job: a time before each line, a group for each step's command, `##[error]` where it failed. */
const TIME = /^\uFEFF?\d{4}-\d\d-\d\dT[\d:.]{8,20}Z ?/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours of programs
const COLOUR = /\u001b\[[0-9;:]*m/g;
const STEP = /^##\[group\]Run /;
const ERROR = /^##\[error\]/;

function excerptOf(log: string): FailureLog {
  const lines = cleanText(log, TAIL_BYTES)
    .split(/\r?\n/)
    .map((line) => line.replace(TIME, "").replaceAll(COLOUR, ""));
  const failed = lines.findIndex((line) => ERROR.test(line));
  const end = failed === -1 ? lines.length : failed + 1;
  const start = lines.slice(0, end).findLastIndex((line) => STEP.test(line));
  const step = lines.slice(Math.max(start, 0), end).join("\n").trim();
  return { excerpt: step.slice(-EXCERPT).toWellFormed(), whole: step };
}
