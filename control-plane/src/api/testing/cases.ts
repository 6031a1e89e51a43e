import type { Route } from "../../http/route.ts";
import type { Sent } from "./client.ts";
import type { Organization } from "./world.ts";

type Case = {
  /** Values of the path's parameters besides `{org}`, of things that are the organisation's. */
  params?: (org: Organization) => Record<string, string>;
  query?: string;
  body?: (org: Organization) => unknown;
};

const task = (org: Organization) => ({ task: org.taskId });
const endpoint = (org: Organization) => ({ endpoint: org.endpointId });
const repository = (org: Organization) => ({ repository: org.repositoryId });

/** What a good request to each route is. A route that is missing here fails the first test. */
export const CASES: Record<string, Case> = {
  listOrganizations: {},
  getOrganization: {},
  exportOrganization: {},
  getOrganizationSettings: {},
  updateOrganizationSettings: { body: () => ({ monthlyBudgetMicroUsd: 5_000_000 }) },
  listRepositories: {},
  getRepository: { params: repository },
  updateRepository: { params: repository, body: () => ({ enabled: true }) },
  indexRepository: { params: repository },
  getRepositorySettings: { params: repository },
  putRepositorySettings: { params: repository, body: () => ({ maxBudgetUsd: 2 }) },
  listTasks: { query: "?state=FAILED&state=AWAITING_APPROVAL" },
  getTask: { params: task },
  getChangeSet: { params: task, query: "?content=true" },
  listChangeSets: { params: task },
  getPatch: { params: task },
  getDiff: { params: task },
  getEvidence: { params: task },
  listVerdicts: { params: task },
  getPlan: { params: task },
  listPlans: { params: task },
  listEvents: { params: task },
  streamTasks: {},
  streamEvents: { params: task },
  createTask: { body: (org) => ({ repository: org.repositoryId, issueNumber: 77 }) },
  approvePlan: { params: task, body: (org) => ({ hash: org.planHash }) },
  retryTask: { params: (org) => ({ task: org.failedTaskId }) },
  // After the approval the task is QUEUED, so a revision finds nothing: see `tasks.service.test.ts`.
  reviseTask: { params: task, body: () => ({ text: "smaller steps" }) },
  cancelTask: { params: task },
  getUsage: {},
  getOutcomes: {},
  getSpend: { query: "?by=model" },
  exportSpend: { query: "?by=model" },
  getBilling: {},
  openCheckout: { body: () => ({ plan: "team", seats: 1 }) },
  openCustomerPortal: {},
  setOverage: { body: () => ({ overage: true }) },
  listRunners: {},
  listMembers: {},
  setMemberRole: { params: (org) => ({ user: org.users.viewer.userId }), body: () => ({ role: "viewer" }) },
  listApiKeys: {},
  createApiKey: { body: () => ({ name: "ci", role: "viewer" }) },
  rotateApiKey: { params: (org) => ({ key: org.keyId }) },
  revokeApiKey: { params: (org) => ({ key: org.keyId }) },
  listSecrets: {},
  putSecret: { params: () => ({ name: "OPENAI_API_KEY" }), body: () => ({ value: "sk-0123456789" }) },
  deleteSecret: { params: () => ({ name: "OPENAI_API_KEY" }) },
  listWebhookEndpoints: {},
  createWebhookEndpoint: {
    body: (org) => ({ url: "https://hooks.example.com/aicd", repositories: [org.repositoryId] }),
  },
  getWebhookEndpoint: { params: endpoint },
  updateWebhookEndpoint: { params: endpoint, body: () => ({ description: "our tracker" }) },
  deleteWebhookEndpoint: { params: endpoint },
  rotateWebhookSecret: { params: endpoint, body: () => ({}) },
  testWebhookEndpoint: { params: endpoint },
  listWebhookDeliveries: { params: endpoint },
  redeliverWebhook: { params: (org) => ({ endpoint: org.endpointId, event: org.webhookEventId }) },
  listAuditLog: {},
  exportAuditLog: {},
};

/** @param things whose ids are asked for, at the organisation `org` */
export function requestTo(route: Route, org: Organization, things: Organization = org): Sent {
  const example = CASES[route.id] ?? {};
  const values: Record<string, string> = { org: org.tenantId, ...example.params?.(things) };
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_match, name: string) => values[name] ?? "");
  const body = example.body?.(things);
  return {
    method: route.method,
    path: path + (example.query ?? ""),
    ...(body === undefined ? {} : { body }),
  };
}

/** Whether a request to it names a repository, or something in one. */
export function namesThings(route: Route, org: Organization): boolean {
  const elsewhere = { ...org, repositoryId: "r", taskId: "t", failedTaskId: "f" } as unknown as Organization;
  return JSON.stringify(requestTo(route, org)) !== JSON.stringify(requestTo(route, org, elsewhere));
}
