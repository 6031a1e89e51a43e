/**
 * `npm run bench:dispatch`: from putting on the label to the dispatch call reaching GitHub, over real HTTP
 * both ways, with the pace of writes that GitHub asks for. Many installations, one label at a time each.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LedgerEntry, startLocalGitHub } from "@aicd/local-github";
import { APP_PERMISSIONS, IDLE_WORKFLOW } from "../world/app.ts";
import { freePort } from "../world/port.ts";
import { quantile, startControlPlane } from "./server.ts";

const ORGS = 25;
const ROUNDS = 4;
const GOAL = { p50Ms: 150, p99Ms: 500 };

const directory = await mkdtemp(join(tmpdir(), "aicd-bench-dispatch-"));
const github = await startLocalGitHub({ directory: join(directory, "github") });
await github.createUser("mona");
// One person stands for those of every organization, who would write a few times each.
github.rates.spare({ login: "mona" });
const source = join(directory, "source", ".github", "workflows");
await mkdir(source, { recursive: true });
await writeFile(join(source, "aicd.yml"), IDLE_WORKFLOW);
for (let org = 0; org < ORGS; org++) {
  await github.createOrganization(`org-${org}`, { owner: "mona" });
  await github.createRepository(`org-${org}`, "widget", { from: join(directory, "source") });
  await github.addCollaborator(`org-${org}/widget`, "mona", "admin");
}
const url = `http://127.0.0.1:${await freePort()}`;
const app = await github.registerApp({
  name: "AI-CD",
  owner: "org-0",
  webhookUrl: `${url}/api/github/webhooks`,
  permissions: APP_PERMISSIONS,
  events: ["issues"],
});
const keyPath = join(directory, "app.pem");
await writeFile(keyPath, app.privateKeyPem, { mode: 0o600 });
const server = await startControlPlane({
  AICD_DIRECTORY: join(directory, "server"),
  PORT: new URL(url).port,
  PUBLIC_URL: url,
  APP_ID: String(app.appId),
  PRIVATE_KEY_PATH: keyPath,
  WEBHOOK_SECRET: app.webhookSecret,
  GITHUB_API_URL: github.url,
  GITHUB_SERVER_URL: github.url,
  ACTIONS_OIDC_ISSUER: github.oidc.issuer,
});
for (let org = 0; org < ORGS; org++) await github.installApp(app, `org-${org}`, "all");
await github.settled();

const person = github.as("mona");
async function measure(org: number): Promise<number> {
  const repo = `org-${org}/widget`;
  const issue = await person.openIssue(repo, { title: "Make the widget two" });
  const isDispatch = (entry: LedgerEntry) => entry.repo === repo && entry.route.endsWith("/dispatches");
  const start = performance.now();
  const dispatched = github.next("write", isDispatch).then(() => performance.now() - start);
  await person.label(repo, issue.number, "aicd");
  const took = await dispatched;
  await github.settled();
  return took;
}

for (let org = 0; org < ORGS; org++) await measure(org);
const samples: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  for (let org = 0; org < ORGS; org++) samples.push(await measure(org));
}
await server.stop();
await github.stop();
await rm(directory, { recursive: true, force: true });

const result = {
  p50Ms: Math.round(quantile(samples, 0.5)),
  p99Ms: Math.round(quantile(samples, 0.99)),
  maxMs: Math.round(Math.max(...samples)),
  samples: samples.length,
};
console.log(`label → dispatch, ${result.samples} labels over ${ORGS} installations`);
console.table({
  measured: { p50: result.p50Ms, p99: result.p99Ms },
  goal: { p50: GOAL.p50Ms, p99: GOAL.p99Ms },
});
if (process.argv.includes("--json")) console.log(JSON.stringify(result));
