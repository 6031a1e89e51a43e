import type { Client, Task } from "@aicd/sdk";
import { each } from "@aicd/sdk";
import { z } from "zod";
import { follow } from "./follow.ts";

export type Server = { client: Client; org: string };
type Tool<Input extends z.ZodType = z.ZodType> = {
  title: string;
  description: string;
  input: Input;
  /** `reads` changes nothing; `acts` may begin work that costs money, or change a repository. */
  kind: "reads" | "acts";
  run(server: Server, input: z.infer<Input>, signal: AbortSignal): Promise<unknown>;
};

function tool<Input extends z.ZodType>(row: Tool<Input>): Tool {
  return row as unknown as Tool;
}

const task = z.string().describe("Id of a task, `tsk_…`");
const page = z.number().int().min(1).max(100).default(20);

/** What people drive from their own agent: the public API's tasks, by the words of the thread. */
export const TOOLS: Record<string, Tool> = {
  list_repositories: tool({
    title: "Repositories",
    description: "The repositories AI-CD may work in, with their ids.",
    input: z.object({}),
    kind: "reads",
    run: ({ client, org }) => Array.fromAsync(each((from) => client.listRepositories({ org, ...from }))),
  }),
  list_tasks: tool({
    title: "Tasks",
    description: "The newest tasks: where each stands and what it cost.",
    input: z.object({ limit: page }),
    kind: "reads",
    run: async ({ client, org }, { limit }) => (await client.listTasks({ org, limit })).items,
  }),
  create_task: tool({
    title: "Start work on an issue",
    description:
      "Starts work on an issue of a repository, as the label `aicd` does. A plan with a price comes first and waits for approval. It costs money.",
    input: z.object({
      repository: z.string().describe("`owner/name`"),
      issueNumber: z.number().int().min(1),
      guidance: z.string().max(20_000).optional().describe("What the issue does not say."),
      budgetUsd: z.number().positive().max(1_000).optional().describe("Hard stop, in dollars."),
    }),
    kind: "acts",
    run: async ({ client, org }, { repository, issueNumber, guidance, budgetUsd }) => {
      const id = await repositoryNamed({ client, org }, repository);
      const more = {
        ...(guidance === undefined ? {} : { text: guidance }),
        ...(budgetUsd === undefined ? {} : { budgetUsd }),
      };
      return client.createTask({ org, body: { repository: id, issueNumber, ...more } });
    },
  }),
  get_task: tool({
    title: "A task",
    description: "Where a task stands, its plan with the plan's hash, and what it waits for.",
    input: z.object({ task }),
    kind: "reads",
    run: async ({ client, org }, input) => {
      const found: Task = await client.getTask({ org, task: input.task });
      return found.plan === null
        ? found
        : { ...found, plan: await client.getPlan({ org, task: input.task }) };
    },
  }),
  watch_task: tool({
    title: "Watch a task",
    description:
      "What happens to a task from now on, until it rests, waits for a person, or the time is over.",
    input: z.object({ task, seconds: z.number().int().min(1).max(300).default(50) }),
    kind: "reads",
    run: (server, input, signal) => follow(server, input, signal),
  }),
  review_change: tool({
    title: "The change of a task",
    description: "The change as a patch, what was run to prove it with the results, and how it was judged.",
    input: z.object({ task }),
    kind: "reads",
    run: async ({ client, org }, input) => {
      const at = { org, task: input.task };
      const [patch, evidence, verdicts] = await Promise.all([
        client.getPatch(at),
        client.getEvidence(at),
        client.listVerdicts(at),
      ]);
      return { patch, evidence, verdicts: verdicts.items };
    },
  }),
  approve_plan: tool({
    title: "Approve a plan",
    description:
      "Approves this very plan, or this very blocked change, by its hash. It is a person's decision: show them the plan and its price first.",
    input: z.object({ task, hash: z.string() }),
    kind: "acts",
    run: ({ client, org }, input) =>
      client.approvePlan({ org, task: input.task, body: { hash: input.hash } }),
  }),
  revise_task: tool({
    title: "Ask for something else",
    description: "Asks for another plan, answers a question, or says what a pull request still lacks.",
    input: z.object({ task, text: z.string().min(1).max(20_000) }),
    kind: "acts",
    run: ({ client, org }, input) => client.reviseTask({ org, task: input.task, body: { text: input.text } }),
  }),
  cancel_task: tool({
    title: "Stop a task",
    description: "Stops a task for good.",
    input: z.object({ task, reason: z.string().max(200).optional() }),
    kind: "acts",
    run: ({ client, org }, { reason, ...input }) =>
      client.cancelTask({ org, task: input.task, ...(reason === undefined ? {} : { body: { reason } }) }),
  }),
  retry_task: tool({
    title: "Try a task again",
    description: "Tries again what failed or was blocked. It costs money.",
    input: z.object({ task, guidance: z.string().max(20_000).optional() }),
    kind: "acts",
    run: ({ client, org }, { guidance, ...input }) =>
      client.retryTask({
        org,
        task: input.task,
        ...(guidance === undefined ? {} : { body: { text: guidance } }),
      }),
  }),
};

async function repositoryNamed({ client, org }: Server, fullName: string): Promise<string> {
  for await (const { id, owner, name } of each((from) => client.listRepositories({ org, ...from }))) {
    if (`${owner}/${name}`.toLowerCase() === fullName.toLowerCase()) return id;
  }
  throw new Error(`${fullName} is none of the organization's repositories; list_repositories names them.`);
}
