import { AicdError } from "@aicd/core";
import {
  ApiError,
  type Client,
  createClient,
  type Event,
  each,
  type Task,
  type TaskSummary,
} from "@aicd/sdk";

export type ServerEnv = { url: string | undefined; apiKey: string | undefined };
type Context = { client: Client; org: string; write: (text: string) => void };

/** States nothing follows by itself: a watcher has seen what there is to see. */
const RESTING = new Set(["PR_OPEN", "MERGED", "CLOSED", "CANCELLED", "FAILED", "BLOCKED"]);
const WAITING = new Set(["AWAITING_APPROVAL", "NEEDS_INPUT"]);

/** Nothing follows by itself. */
export function isResting(state: string): boolean {
  return RESTING.has(state);
}

/** A person is to say something. */
export function isWaiting(state: string): boolean {
  return WAITING.has(state);
}

/** `aicd tasks list`: the newest tasks, one a line. */
export async function listTasks(
  context: Context,
  options: { state?: TaskSummary["state"][]; limit: number; json?: true },
): Promise<void> {
  const { client, org, write } = context;
  const pages = each((page) =>
    client.listTasks({
      org,
      limit: Math.min(options.limit, 100),
      ...(options.state === undefined ? {} : { state: options.state }),
      ...page,
    }),
  );
  let left = options.limit;
  for await (const task of pages) {
    if (left-- === 0) return;
    write(options.json === true ? `${JSON.stringify(task)}\n` : `${lineOf(task)}\n`);
  }
}

/** `aicd tasks show <id>`: where it stands, what it cost, what it waits for. */
export async function showTask(context: Context, id: string, options: { json?: true }): Promise<void> {
  const task = await context.client.getTask({ org: context.org, task: id });
  context.write(options.json === true ? `${JSON.stringify(task)}\n` : describe(task));
}

/** `aicd tasks watch <id>`: every event as it happens, until the task rests. */
export async function watchTask(
  context: Context,
  id: string,
  options: { json?: true; signal: AbortSignal },
): Promise<void> {
  const { client, org, write } = context;
  for await (const event of client.streamEvents({ org, task: id }, { signal: options.signal })) {
    write(options.json === true ? `${JSON.stringify(event)}\n` : `${sayEvent(event)}\n`);
    if (!event.type.startsWith("tool.") && !event.type.startsWith("model.")) {
      const { state } = await client.getTask({ org, task: id });
      if (isResting(state)) return write(options.json === true ? "" : `The task is ${state}.\n`);
      if (isWaiting(state) && options.json !== true) write(`It waits for you: ${state}.\n`);
    }
  }
}

/** The server and the organization the key belongs to, unless another is named. */
export async function connect(
  env: ServerEnv,
  input: { org?: string; write: (text: string) => void },
): Promise<Context> {
  const { url, apiKey } = env;
  if (url === undefined || apiKey === undefined) {
    throw new AicdError(
      "invalid",
      "Set AICD_URL to the server's address and AICD_API_KEY to a key of your organization.",
    );
  }
  const client = createClient({ url, token: apiKey });
  const { write } = input;
  if (input.org !== undefined) return { client, org: input.org, write };
  const { items } = await client.listOrganizations().catch((error: unknown) => {
    if (error instanceof ApiError) throw error;
    throw new AicdError("unavailable", `Nothing answers at ${url}. Is AICD_URL right, and the server up?`, {
      cause: error,
    });
  });
  const [only] = items;
  if (only === undefined) throw new AicdError("missing", "The key belongs to no organization.");
  return { client, org: only.id, write };
}

function lineOf(task: TaskSummary): string {
  const where = `${task.repository.owner}/${task.repository.name}#${task.issueNumber}`;
  return [
    task.id,
    task.state.padEnd(17),
    dollars(task.spentMicroUsd).padStart(8),
    where,
    printable(task.issueTitle),
  ].join("  ");
}

function describe(task: Task): string {
  const { pullRequest, plan } = task;
  const approve = plan?.state === "proposed" ? ` (approve ${plan.hash})` : "";
  const lines = [
    lineOf(task),
    `issue     ${task.issueUrl}`,
    ...(pullRequest === null ? [] : [`pull      ${pullRequest.url}`]),
    `spent     ${dollars(task.spentMicroUsd)} of ${dollars(task.budgetMicroUsd)}`,
    `asked by  ${task.requestedBy.login} at ${task.createdAt}`,
    ...(plan === null ? [] : [`plan      ${plan.state}${approve}`]),
    ...(task.reason === null ? [] : [`reason    ${task.reason}: ${printable(task.detail ?? "")}`]),
    ...task.attempts.map(
      (attempt) => `attempt   ${attempt.number} ${attempt.phase} ${attempt.state} ${attempt.reason ?? ""}`,
    ),
  ];
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

function sayEvent({ at, type, body }: Event): string {
  const facts = ["by", "phase", "reason", "tool", "detail"]
    .filter((name) => typeof body[name] === "string")
    .map((name) => printable(String(body[name])));
  return [at, type, ...facts].join("  ");
}

/** Titles and details are other people's words: a terminal must not obey them. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, " ").slice(0, 200);
}

function dollars(microUsd: number): string {
  return `$${(microUsd / 1e6).toFixed(2)}`;
}
