import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createMint, DEFAULT_SALES_PLANS, type RepositoryId, TenantSettings } from "@aicd/core";
import { beforeAll, describe, expect, it } from "vitest";
import { APP_ROLE, createDatabase, SYSTEM_ROLE, type TenantTx } from "../database.ts";
import * as stores from "../index.ts";
import { createTestDatabase, type Planted, plantTenant } from "../testing/database.ts";

const test = await createTestDatabase();
const mint = createMint({ now: Date.now, random: randomBytes });
const app = test.createPool({ role: APP_ROLE, max: 4 });
const db = createDatabase({ app, system: test.createPool({ role: SYSTEM_ROLE, max: 4 }) });

/** Ids as somebody may have heard of them: of another tenant, or of nothing at all. */
type Ids = Pick<Planted, "tenantId" | "repositoryId"> & Planted["ids"];
let theirs: Ids;
let nobodys: Ids;
let ours: Planted;

beforeAll(async () => {
  ours = await plantTenant(db, mint, 1);
  const planted = await plantTenant(db, mint, 2);
  theirs = { tenantId: planted.tenantId, repositoryId: planted.repositoryId, ...planted.ids };
  nobodys = {
    tenantId: mint("tenant"),
    repositoryId: mint("repository"),
    taskId: mint("task"),
    attemptId: mint("attempt"),
    keyId: mint("apiKey"),
    userId: mint("user"),
    serverId: mint("fleetServer"),
    jobId: 12_345,
    endpointId: mint("webhookEndpoint"),
    webhookEventId: mint("webhookEvent"),
  };
});

const by = { login: "eve", id: 9 };
const at = { limit: 10, after: undefined };
const bytes = Buffer.from("x");
const sealed = { masterKey: "m", wrappedKey: bytes, sealed: bytes };
// Bodies are stored as they come; what is in them is not what is asked here.
const body = {} as never;
const repository = { installationId: 2, repositoryId: 2, owner: "org-2", name: "widget" };
const claimed = (ids: Ids) => ({ ...ids, epoch: 0, tries: 0, drop: false });
const fence = (ids: Ids) => ({ id: ids.attemptId, epoch: 0 });
const tried = (ids: Ids) => ({ endpointId: ids.endpointId, eventId: ids.webhookEventId, tries: 0 });
const work = (ids: Ids) => ({ taskId: ids.taskId, attemptId: ids.attemptId });

/** A call of every store that takes a tenant, with somebody else's ids wherever there is one to give. */
const CASES: Record<string, (tx: TenantTx, ids: Ids) => Promise<unknown>> = {
  appendAudit: (tx, ids) =>
    stores.appendAudit(tx, mint, {
      actor: { kind: "system", id: "x" },
      action: "task.cancelled",
      target: ids.taskId,
    }),
  appendEvent: (tx, ids) => stores.appendEvent(tx, mint, { taskId: ids.taskId, type: "x" }),
  approvePlan: (tx) => stores.approvePlan(tx, { id: mint("plan"), hash: "h", by }),
  claimFleetServer: (tx, ids) =>
    stores.claimFleetServer(tx, { id: ids.serverId, state: "busy", at: new Date(0), until: new Date(1) }),
  claimWrite: (tx, ids) => stores.claimWrite(tx, { actorId: ids.keyId, key: "k", hash: bytes }),
  sumMerged: (tx) => stores.sumMerged(tx, new Date(0)),
  findEntitlement: (tx) => stores.findEntitlement(tx),
  findSubscriptions: (tx) => stores.findSubscriptions(tx),
  putSubscription: (tx) =>
    stores.putSubscription(tx, {
      seller: "marketplace",
      customerId: "9",
      externalId: null,
      plan: "team",
      state: "active",
      seats: 1,
      overage: false,
      periodStart: new Date(0),
      periodEnd: new Date(1),
      pastDueSince: null,
      pending: null,
    }),
  refreshEntitlement: (tx) => stores.refreshEntitlement(tx, DEFAULT_SALES_PLANS, 0),
  countBoot: (tx, ids) => stores.countBoot(tx, ids.serverId),
  endFleetJob: (tx, ids) => stores.endFleetJob(tx, { githubId: ids.jobId, at: new Date(0) }),
  moveFleetServer: (tx, ids) =>
    stores.moveFleetServer(tx, { id: ids.serverId, from: ["busy"], to: "gone", at: new Date(0) }),
  noteFleetJobSeen: (tx, ids) => stores.noteFleetJobSeen(tx, { githubId: ids.jobId, at: new Date(0) }),
  noteFleetServer: (tx, ids) => stores.noteFleetServer(tx, ids.serverId, { runnerId: 1 }),
  postponeFleetJob: (tx, ids) =>
    stores.postponeFleetJob(tx, { githubId: ids.jobId, detail: "x", until: new Date(0) }),
  refuseFleetJob: (tx, ids) => stores.refuseFleetJob(tx, { githubId: ids.jobId, detail: "x" }),
  releaseFleetJob: (tx, ids) => stores.releaseFleetJob(tx, ids.serverId, { detail: "x", until: new Date(0) }),
  startFleetJob: (tx, ids) =>
    stores.startFleetJob(tx, { githubId: ids.jobId, serverId: ids.serverId, at: new Date(0) }),
  storeFleetJob: (tx, ids) =>
    stores.storeFleetJob(tx, {
      githubId: 999,
      runId: 1,
      repositoryId: ids.repositoryId,
      size: "aicd-fleet",
      at: new Date(0),
    }),
  takeIdleServer: (tx, ids) =>
    stores.takeIdleServer(tx, {
      githubId: ids.jobId,
      size: "aicd-fleet",
      at: new Date(0),
      paidUntil: new Date(0),
    }),
  claimDelivery: (tx, ids) =>
    stores.claimDelivery(tx, {
      ...{ endpointId: ids.endpointId, lane: ids.taskId },
      ...{ at: new Date(9e12), until: new Date(9.1e12) },
    }),
  countWebhookEvent: (tx, ids) =>
    stores.countWebhookEvent(tx, ours.tenantId, {
      ...{ type: "task.created", subject: ids.taskId, only: ids.endpointId },
    }),
  storeWebhookEvent: (tx, ids) =>
    stores.storeWebhookEvent(tx, ours.tenantId, {
      ...{ id: mint("webhookEvent"), type: "task.created", subject: ids.taskId, taskId: ids.taskId },
      ...{ body: "{}", at: new Date(0), sequence: 9, endpoints: [ids.endpointId] },
    }),
  deleteWebhookEndpoint: (tx, ids) => stores.deleteWebhookEndpoint(tx, ids.endpointId),
  findWebhookEndpoint: (tx, ids) => stores.findWebhookEndpoint(tx, ids.endpointId, "no key update"),
  listPlans: (tx, ids) => stores.listPlans(tx, { taskId: ids.taskId, ...at }),
  listChangeSets: (tx, ids) => stores.listChangeSets(tx, { taskId: ids.taskId, ...at }),
  listEventDeliveries: (tx, ids) =>
    stores.listEventDeliveries(tx, { endpointId: ids.endpointId, only: ids.webhookEventId, limit: 10 }),
  listWebhookEndpoints: (tx) => stores.listWebhookEndpoints(tx).then((rows) => rows.length),
  noteDelivered: (tx, ids) =>
    stores.noteDelivered(tx, { ...tried(ids), at: new Date(0), status: 200, answer: "x" }),
  noteUndelivered: (tx, ids) =>
    stores.noteUndelivered(tx, {
      ...{ ...tried(ids), at: new Date(0), status: 500, answer: "x", error: "x" },
      retryAt: new Date(0),
    }),
  renewDeliveries: (tx, ids) =>
    stores.renewDeliveries(tx, {
      ...{ endpointId: ids.endpointId, eventId: ids.webhookEventId, at: new Date(0) },
    }),
  setWebhookEndpoint: (tx, ids) => stores.setWebhookEndpoint(tx, ids.endpointId, { description: "x" }),
  storeWebhookEndpoint: (tx, ids) =>
    stores
      .storeWebhookEndpoint(tx, mint, {
        ...{ url: "https://x", description: "", types: [], repositories: [ids.repositoryId], createdBy: by },
        ...{ createdAt: new Date(0), most: 9 },
      })
      .then(() => "stored"),
  findTaskOfBranch: (tx, ids) =>
    stores.findTaskOfBranch(tx, { repositoryId: ids.repositoryId, branch: "aicd/1" }),
  claimCheckRun: (tx, ids) => stores.claimCheckRun(tx, ids.taskId, 1).then((task) => task?.id),
  noteCheckRun: (tx, ids) => stores.noteCheckRun(tx, ids.taskId, { kind: "refused" }),
  releaseCheckRun: (tx, ids) =>
    stores.releaseCheckRun(tx, { id: ids.taskId, checkClaimedUntil: new Date(0) }),
  countAttempts: (tx, ids) => stores.countAttempts(tx, ids.taskId),
  countEvents: (tx, ids) => stores.countEvents(tx, { taskId: ids.taskId, upTo: "z" }),
  countPublishedChanges: (tx, ids) => stores.countPublishedChanges(tx, ids.taskId),
  countRecentTasks: (tx, ids) =>
    stores.countRecentTasks(tx, { repositoryId: ids.repositoryId, issueNumber: 1 }),
  createTask: (tx, ids) =>
    stores.createTask(tx, mint, {
      repositoryId: ids.repositoryId,
      issueNumber: 77,
      issueTitle: "t",
      phase: "plan",
      mode: "wait",
      requestedBy: by,
      source: { kind: "issue" },
      flags: {},
      guidance: [],
      budgetMicroUsd: 1,
    }),
  deleteSecret: (tx) => stores.deleteSecret(tx, "THEIRS"),
  deleteTranscript: (tx, ids) => stores.deleteTranscript(tx, ids.taskId),
  dropIndex: (tx, ids) => stores.dropIndex(tx, ids.repositoryId),
  endAttempt: (tx, ids) => stores.endAttempt(tx, { id: ids.attemptId, state: "cancelled" }),
  claimExport: (tx) => stores.claimExport(tx).then(() => "claimed"),
  endMembership: (tx, ids) => stores.endMembership(tx, ids.userId),
  ensureAttempt: (tx, ids) => stores.ensureAttempt(tx, mint, { taskId: ids.taskId, phase: "plan" }),
  excuseCalls: (tx, ids) =>
    stores.excuseCalls(tx, { id: ids.attemptId, taskId: ids.taskId }, "internal_error"),
  exportRows: async (tx) => {
    const rows = [];
    const tables = await stores.listExportTables(db.system);
    for await (const batch of stores.exportRows(tx, tables)) rows.push(...batch);
    return rows.map(({ table }) => table);
  },
  failIndex: (tx, ids) => stores.failIndex(tx, claimed(ids), { failure: "x", retryMs: null }),
  findApiKey: (tx, ids) => stores.findApiKey(tx, ids.keyId),
  findAttempt: (tx, ids) => stores.findAttempt(tx, ids.attemptId),
  findChangeSet: (tx, ids) => stores.findChangeSet(tx, { attemptId: ids.attemptId, digest: "d" }),
  findCheckpoint: (tx, ids) => stores.findCheckpoint(tx, ids.taskId),
  findPosted: (tx, ids) => stores.findPosted(tx, { taskId: ids.taskId, key: "n" }),
  findComment: (tx) => stores.findComment(tx, mint("comment")),
  findIndex: (tx, ids) => stores.findIndex(tx, ids.repositoryId),
  findIntent: (tx) => stores.findIntent(tx, mint("intent")),
  findKeptWork: (tx, ids) => stores.findKeptWork(tx, ids.taskId),
  findLatestAttempt: (tx, ids) => stores.findLatestAttempt(tx, ids.taskId),
  findLiveAttempt: (tx, ids) => stores.findLiveAttempt(tx, ids.taskId),
  findMembership: (tx, ids) => stores.findMembership(tx, ids.userId),
  findPlan: (tx) => stores.findPlan(tx, mint("plan")),
  findPlanOfAttempt: (tx, ids) => stores.findPlanOfAttempt(tx, ids.attemptId),
  findRepository: (tx, ids) => stores.findRepository(tx, ids.repositoryId),
  findRepositoryId: (tx) => stores.findRepositoryId(tx, 2),
  findRepositoryRow: (tx, ids) => stores.findRepositoryRow(tx, ids.repositoryId, "for update"),
  findSecret: (tx) => stores.findSecret(tx, "THEIRS"),
  findServerPause: (tx) => stores.findServerPause(tx),
  findSettings: (tx) => stores.findSettings(tx, "for update"),
  findTask: (tx, ids) => stores.findTask(tx, ids.taskId),
  findTaskOfThread: (tx, ids) => stores.findTaskOfThread(tx, { repositoryId: ids.repositoryId, number: 1 }),
  findTaskDetail: (tx, ids) => stores.findTaskDetail(tx, ids.taskId),
  findTaskRow: (tx, ids) => stores.findTaskRow(tx, ids.taskId),
  findTranscript: (tx) => stores.findTranscript(tx, mint("plan")),
  findTenant: (tx) => stores.findTenant(tx),
  finishIndex: (tx, ids) =>
    stores.finishIndex(tx, claimed(ids), {
      commit: "s",
      files: 1,
      passages: 1,
      commits: 1,
      bytes: 1,
      tookMs: 1,
    }),
  freezeContext: (tx, ids) => stores.freezeContext(tx, ids.attemptId, body),
  hasWork: (tx, ids) => stores.hasWork(tx, ids.taskId),
  inheritOwnership: (tx, ids) => stores.inheritOwnership(tx, ids.userId),
  keepAnswer: (tx, ids) =>
    stores.keepAnswer(tx, {
      actorId: ids.keyId,
      key: "k",
      claim: "2026-01-01",
      answer: { status: 200, headers: {}, body: {} },
    }),
  keepReview: (tx, ids) => stores.keepReview(tx, ids.taskId, 5),
  leaseAttempt: (tx, ids) =>
    stores.leaseAttempt(tx, { id: ids.attemptId, runId: 1, runAttempt: 1, tokenHash: bytes }),
  limitApiKey: (tx, ids) => stores.limitApiKey(tx, ids.keyId, 0),
  listApiKeys: (tx, ids) => stores.listApiKeys(tx, { limit: 10, before: ids.keyId }).then(() => "listed"),
  listAttempts: (tx, ids) => stores.listAttempts(tx, ids.taskId),
  listAudit: (tx) => stores.listAudit(tx, { limit: 10, action: "theirs" }),
  listEvidence: (tx) => stores.listEvidence(tx, mint("changeSet")),
  listEvents: (tx, ids) => stores.listEvents(tx, { taskId: ids.taskId, ...at }),
  listFreshEvents: (tx, ids) =>
    stores.listFreshEvents(tx, { tasks: [{ taskId: ids.taskId, floor: "" }], limit: 10 }),
  listLiveAttempts: (tx) => stores.listLiveAttempts(tx, at).then((rows) => rows.length),
  listLivingVersions: (tx) => stores.listLivingVersions(tx, 10).then((rows) => rows.length),
  listMemberships: (tx) => stores.listMemberships(tx, { limit: 10 }).then((rows) => rows.length),
  listPublishedChanges: (tx, ids) => stores.listPublishedChanges(tx, ids.taskId),
  listRecentEvents: (tx, ids) => stores.listRecentEvents(tx, { taskId: ids.taskId, limit: 10 }),
  listRepositories: (tx) => stores.listRepositories(tx, at).then((rows) => rows.length),
  listSealedSecrets: (tx) => stores.listSealedSecrets(tx).then((rows) => rows.length),
  listSecrets: (tx) => stores.listSecrets(tx).then((rows) => rows.length),
  listTaskSpending: (tx, ids) => stores.listTaskSpending(tx, ids.taskId),
  nameAuditTargets: (tx, ids) =>
    stores.nameAuditTargets(tx, [ids.taskId, ids.repositoryId, ids.keyId, ids.userId, ids.endpointId]),
  listTasks: (tx, ids) =>
    stores.listTasks(tx, { filters: { repositoryId: ids.repositoryId } as never, ...at }),
  listTasksById: (tx, ids) => stores.listTasksById(tx, [ids.taskId]),
  listUnchecked: (tx, ids) =>
    stores.listUnchecked(tx, { userId: ids.userId, limit: 10 }).then((rows) => rows.length),
  listVerdicts: (tx) => stores.listVerdicts(tx, mint("changeSet")),
  listVerdictsOfTask: (tx, ids) => stores.listVerdictsOfTask(tx, { taskId: ids.taskId, ...at }),
  listWorkingTasks: (tx, ids) => stores.listWorkingTasks(tx, [ids.repositoryId]),
  markDispatched: (tx, ids) => stores.markDispatched(tx, { id: ids.attemptId, runId: 1 }),
  markPartial: (tx) => stores.markPartial(tx, mint("changeSet")),
  markRendered: (tx, ids) => stores.markRendered(tx, { taskId: ids.taskId, version: 9, statusCommentId: 1 }),
  moveTask: (tx, ids) => stores.moveTask(tx, mint, { taskId: ids.taskId, trigger: "task.cancelled" }),
  monthSpend: (tx) => stores.monthSpend(tx),
  noteAsked: (tx, ids) => stores.noteAsked(tx, ids.attemptId),
  noteCommit: (tx) => stores.noteCommit(tx, mint("changeSet"), "sha"),
  noteMembership: (tx) =>
    stores.noteMembership(tx, { userId: ours.ids.userId, login: "eve", role: "viewer" }).then(() => "noted"),
  noteOutcome: (tx) => stores.noteOutcome(tx, mint("intent"), "x"),
  notePullRequestAsked: (tx, ids) => stores.notePullRequestAsked(tx, ids.taskId, 0),
  noteReadable: (tx, ids) =>
    stores.noteReadable(tx, {
      userId: ids.userId,
      seen: [{ repositoryId: ids.repositoryId, readable: true }],
    }),
  notePosted: (tx) => stores.notePosted(tx, mint("comment"), 1),
  putSettings: (tx) => stores.putSettings(tx, { ...TenantSettings.parse({}), paused: true }),
  putSecret: (tx) => stores.putSecret(tx, { name: "NEW", hint: "", updatedBy: by, ...sealed }),
  putTranscript: (tx, ids) =>
    stores.putTranscript(tx, { taskId: ids.taskId, planId: mint("plan"), ...sealed }),
  readAuditChain: (tx) => stores.readAuditChain(tx, { after: 0, limit: 10 }).then((rows) => rows.length),
  reconcileRepositories: (tx) =>
    stores.reconcileRepositories(tx, mint, { installationId: 2, repositories: [] }),
  recentEvents: (tx, ids) => stores.recentEvents(tx, { taskId: ids.taskId, withinMs: 1e6 }),
  refreshIndex: (tx, ids) => stores.refreshIndex(tx, ids.repositoryId),
  releaseWrite: (tx, ids) => stores.releaseWrite(tx, { actorId: ids.keyId, key: "k", claim: "2026-01-01" }),
  renewIndex: (tx, ids) => stores.renewIndex(tx, claimed(ids)),
  renewLease: (tx, ids) => stores.renewLease(tx, fence(ids)),
  requestFirstIndex: (tx, ids) => stores.requestFirstIndex(tx, ids.repositoryId),
  requestIndex: (tx, ids) => stores.requestIndex(tx, ids.repositoryId),
  requestStop: (tx, ids) => stores.requestStop(tx, ids.attemptId, "x"),
  reserve: (tx, ids) =>
    stores.reserve(tx, {
      id: mint("usage"),
      attemptId: ids.attemptId,
      tokenHash: bytes,
      provider: "p",
      model: "m",
      tokens: body,
      price: body,
      microUsd: 1,
    }),
  revokeApiKey: (tx, ids) => stores.revokeApiKey(tx, ids.keyId),
  rewrapSecret: (tx) =>
    stores.rewrapSecret(tx, { name: "THEIRS", before: bytes, masterKey: "n", wrappedKey: bytes }),
  seesAll: (tx, ids) => stores.seesAll(tx, [ids.repositoryId]),
  settle: (tx) =>
    stores.settle(tx, mint("usage"), {
      model: "m",
      tokens: body,
      price: body,
      microUsd: 1,
      estimated: false,
    }),
  setNextSeq: (tx, ids) => stores.setNextSeq(tx, fence(ids), 9),
  setRepository: (tx, ids) => stores.setRepository(tx, ids.repositoryId as RepositoryId, { enabled: false }),
  setRole: (tx, ids) => stores.setRole(tx, { userId: ids.userId, role: "viewer" }),
  setTask: (tx, ids) => stores.setTask(tx, ids.taskId, { detail: "x" }),
  storeApiKey: (tx) =>
    stores
      .storeApiKey(tx, mint, {
        name: "x",
        hash: randomBytes(8),
        hint: "x",
        role: "viewer",
        scopes: [],
        createdBy: by,
        lifeDays: 1,
      })
      .then(() => "stored"),
  storeChangeSet: (tx, ids) =>
    stores.storeChangeSet(tx, mint, { ...work(ids), digest: "n", body, evidence: body }),
  storeCheckpoint: (tx, ids) => stores.storeCheckpoint(tx, mint, { ...work(ids), phase: "code", body }),
  storeComment: (tx, ids) =>
    stores.storeComment(tx, mint, { taskId: ids.taskId, key: "n", target: body, body: "b" }),
  storeEvidence: (tx, ids) =>
    stores.storeEvidence(tx, mint, {
      id: mint("changeSet"),
      taskId: ids.taskId,
      evidence: {
        setup: [],
        before: [],
        after: [{ command: "c", exitCode: 0, durationMs: 1, tests: null, outputTail: "" }],
      },
    } as never),
  storeIntent: (tx, ids) =>
    stores.storeIntent(tx, mint, { key: "n", repositoryId: ids.repositoryId, repository, intent: body }),
  storePlan: (tx, ids) =>
    stores.storePlan(tx, mint, {
      ...work(ids),
      hash: "h",
      body,
      baseSha: "s",
      snapshotDigest: "d",
      budgetMicroUsd: 1,
      state: "proposed",
    }),
  storeVerdict: (tx, ids) =>
    stores.storeVerdict(tx, mint, {
      taskId: ids.taskId,
      changeSetId: mint("changeSet"),
      judge: "critic",
      kind: "x",
      body: {},
    }),
  sumExcused: (tx) => stores.sumExcused(tx, { from: new Date(0), to: new Date(Date.now() + 1e6) }),
  sumOutcomes: (tx) => stores.sumOutcomes(tx, { from: new Date(0), to: new Date(Date.now() + 1e6) }),
  sumOpenBudgets: (tx) => stores.sumOpenBudgets(tx),
  sumSpend: (tx) =>
    stores
      .sumSpend(tx, { by: "task", from: new Date(0), to: new Date(Date.now() + 1e6), limit: 10 } as never)
      .then((rows) => (rows as unknown[]).length),
  totalSpend: (tx) => stores.totalSpend(tx, { from: new Date(0), to: new Date(Date.now() + 1e6) }),
  touchTask: (tx, ids) => stores.touchTask(tx, ids.taskId, { detail: "x" }),
  upsertRepository: (tx) =>
    stores.upsertRepository(tx, mint, { installationGithubId: 2, githubId: 99, owner: "o", name: "n" }),
  useOidcToken: (tx, ids) => stores.useOidcToken(tx, { jti: `n-${ids.attemptId}`, attemptId: ids.attemptId }),
  voidPlan: (tx) => stores.voidPlan(tx, mint("plan")),
  freezePlan: (tx) => stores.freezePlan(tx, mint("plan"), []),
  thawPlan: (tx) => stores.thawPlan(tx, mint("plan")),
};

/** What came back, as far as it can be told: values and refusals, with minted ids and times taken out. */
async function outcomeOf(name: string, ids: Ids): Promise<string> {
  const undo = new Error("undo");
  let outcome = "";
  await db
    .withTenant({ tenantId: ours.tenantId }, async (tx) => {
      const value = await CASES[name]?.(tx, ids).catch(
        (error: Error & { cause?: Error & { code?: string } }) => {
          const cause = error.cause ?? error;
          return { refused: (cause as { code?: string }).code, message: cause.message };
        },
      );
      outcome = JSON.stringify(value) ?? "nothing";
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  for (const id of Object.values(ids)) outcome = outcome.replaceAll(String(id), "<given>");
  return outcome
    .replaceAll(/[a-z]{3}_[0-9a-z]{26}/g, "<id>")
    .replaceAll(/\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z|\+00)/g, "<time>");
}

/** From the sources: a store that is added without a case fails. */
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
  .flatMap((file) => [
    ...readFileSync(join(import.meta.dirname, file), "utf8").matchAll(
      /^export async function\*? (\w+)(?:<[^>]*>)?\(\s*tx: TenantTx/gm,
    ),
  ])
  .map(([, name = ""]) => name)
  .sort();

it("every store that takes a tenant has its case", () => {
  expect(Object.keys(CASES).sort()).toEqual(names);
});

describe("with another tenant's ids", () => {
  it.each(Object.keys(CASES))("%s does nothing that it does not do with ids of nothing", async (name) => {
    const all = () =>
      test.pool.query("SELECT t::text, a::text FROM tasks t JOIN attempts a ON a.task_id = t.id ORDER BY 1");
    const before = (await all()).rows;

    const told = await outcomeOf(name, theirs);

    expect(told).toBe(await outcomeOf(name, nobodys));
    expect(told).not.toMatch(/org-2|mona-2/);
    expect((await all()).rows).toEqual(before);
  });
});
