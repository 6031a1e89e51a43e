import type { RepositoryId, TaskId, TaskState, TenantId } from "@aicd/core";
import {
  APP_ROLE,
  createDatabase,
  createPool,
  findTaskRow,
  listEvents,
  listLiveAttempts,
  listTasks,
  SYSTEM_ROLE,
  sumSpend,
  type TenantTx,
} from "@aicd/db";
import { idOf, MEMBER } from "./load.ts";

type Node = { "Node Type": string; "Relation Name"?: string; "Index Name"?: string; Plans?: Node[] };
export type Explained = { query: string; nodes: string[]; ms: number; sequential: string[] };

const LARGE = new Set(["tasks", "events", "attempts", "usage"]);

/**
 * How Postgres answers the API's own queries for one tenant, as the role that row-level security confines.
 * The statements are those the stores send, caught on their way.
 */
export async function explainQueries(connectionString: string): Promise<Explained[]> {
  const open = (role: string) =>
    createPool({ connectionString, applicationName: "bench-explain", role, max: 1, onError() {} });
  const pools = { app: open(APP_ROLE), system: open(SYSTEM_ROLE) };
  const db = createDatabase(pools);
  const scope = { tenantId: idOf("ten", 7) as TenantId };
  const taskId = idOf("tsk", 501_000_007) as TaskId;
  const list = (filters: Parameters<typeof listTasks>[1]["filters"], after?: string) => (tx: TenantTx) =>
    listTasks(tx, { filters, after, limit: 26 });
  const queries: Record<string, (tx: TenantTx) => Promise<unknown>> = {
    list: list({}),
    "list, next page": list({}, taskId),
    "list by state": list({ states: ["PR_OPEN"] }),
    "list by states": list({ states: ["PR_OPEN", "FAILED"] as TaskState[] }),
    "list by repository": list({ repositoryId: idOf("rep", 29) as RepositoryId }),
    "list by author": list({ author: "Dev-3" }),
    "list by time": list({ createdFrom: new Date(Date.now() - 3 * 86_400_000) }),
    detail: (tx) => findTaskRow(tx, taskId),
    events: (tx) => listEvents(tx, { taskId, after: undefined, limit: 26 }),
    runners: (tx) => listLiveAttempts(tx, { after: undefined, limit: 26 }),
    "spend by model": (tx) =>
      sumSpend(tx, { by: "model", from: new Date(Date.now() - 30 * 86_400_000), to: new Date(), limit: 400 }),
  };
  const explained: Explained[] = [];
  for (const [query, run] of Object.entries(queries)) {
    explained.push(await db.withTenant(scope, (tx) => explain(tx, query, run)));
  }
  for (const query of ["list", "list by state", "detail", "events", "runners"]) {
    const run = queries[query] as (tx: TenantTx) => Promise<unknown>;
    const name = `${query}, as a member`;
    explained.push(await db.confinedTo({ id: MEMBER }).withTenant(scope, (tx) => explain(tx, name, run)));
  }
  await Promise.all([pools.app.end(), pools.system.end()]);
  return explained;
}

async function explain(
  tx: TenantTx,
  query: string,
  run: (tx: TenantTx) => Promise<unknown>,
): Promise<Explained> {
  const sent: { text: string; values: unknown[] }[] = [];
  const client = (tx.db as unknown as { session: { client: { query: (...args: unknown[]) => unknown } } })
    .session.client;
  const original = client.query;
  client.query = function caught(this: unknown, ...args: unknown[]) {
    const [config, values] = args as [{ text: string }, unknown[]];
    sent.push({ text: config.text, values });
    return original.apply(client, args);
  };
  await run(tx).finally(() => {
    client.query = original;
  });
  const statement = sent[0];
  if (statement === undefined) throw new Error(`${query} sent no statement`);
  const { rows } = await tx.query<{ "QUERY PLAN": [{ Plan: Node; "Execution Time": number }] }>(
    `EXPLAIN (ANALYZE, FORMAT JSON) ${statement.text}`,
    statement.values,
  );
  const plan = rows[0]?.["QUERY PLAN"][0];
  if (plan === undefined) throw new Error(`${query} was not explained`);
  const nodes = flatten(plan.Plan);
  const scans = nodes.filter(
    (node) => node["Relation Name"] !== undefined || node["Index Name"] !== undefined,
  );
  return {
    query,
    nodes: scans.map((node) => `${node["Node Type"]}: ${node["Index Name"] ?? node["Relation Name"]}`),
    ms: plan["Execution Time"],
    sequential: scans
      .filter((node) => node["Node Type"] === "Seq Scan" && LARGE.has(node["Relation Name"] ?? ""))
      .map((node) => node["Relation Name"] ?? ""),
  };
}

function flatten(node: Node): Node[] {
  return [node, ...(node.Plans ?? []).flatMap(flatten)];
}
