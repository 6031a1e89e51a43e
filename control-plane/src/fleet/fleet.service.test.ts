import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { TenantSettings } from "@aicd/core";
import { putSettings, sumFleetHours, upsertInstallation } from "@aicd/db";
import { createTestDatabase } from "@aicd/db/testing";
import { createApi, userDataFor } from "@aicd/hetzner";
import { type Boot, startFakeCloud } from "@aicd/hetzner/fake";
import { startLocalGitHub } from "@aicd/local-github";
import { afterAll, expect, it, vi } from "vitest";
import { APP_EVENTS, APP_PERMISSIONS, FLEET_EVENTS, FLEET_PERMISSIONS } from "../setup/manifest.ts";
import { createTestDeps } from "../testing/deps.ts";
import type { Home } from "../testing/home.ts";
import { createCloud } from "./cloud.ts";
import { runFleet } from "./fleet.ts";
import { hearJob } from "./hear.ts";
import { reapFleet } from "./reap.ts";
import { createRunners } from "./runners.ts";

const PROXY = new URL("http://10.0.0.2:3128");

const WORKFLOW = `name: Work
on: { workflow_dispatch: {} }
jobs:
  work:
    runs-on: [self-hosted, aicd-fleet]
    steps:
      - run: echo "on $RUNNER_NAME"
`;
const directory = await mkdtemp(join(tmpdir(), "aicd-fleet-"));
const database = await createTestDatabase();
const github = await startLocalGitHub({ directory: join(directory, "github") });
const machines = new Set<ChildProcess>();
const cloud = await startFakeCloud({ boot: bootMachine, speed: 100 });
afterAll(async () => {
  await cloud.close();
  await github.stop();
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
});

/** The boot script of the user data in a plain folder, with the machine's programs, and the runner as a process. */
function bootMachine({ id, userData, powerOff }: Parameters<Boot>[0]): ReturnType<Boot> {
  const root = join(directory, `server-${id}-${machines.size}`);
  const booted = bootIn(root, userData).then((child) => {
    machines.add(child);
    child.once("exit", powerOff);
    return child;
  });
  return {
    async stop() {
      const child = await booted;
      if (child.exitCode === null) process.kill(-(child.pid ?? 0), "SIGKILL");
    },
  };
}

async function bootIn(root: string, userData: string): Promise<ChildProcess> {
  type Document = { write_files: { path: string; content: string; permissions: string }[] };
  const { write_files: files } = JSON.parse(userData.replace("#cloud-config\n", "")) as Document;
  const runner = import.meta.resolve("@aicd/local-github/runner").replace("file://", "");
  const programs = [
    { path: "bin/nft", content: "#!/bin/sh\n", permissions: "0755" },
    { path: "bin/systemctl", content: "#!/bin/sh\n", permissions: "0755" },
    { path: "bin/runuser", content: '#!/bin/sh\nshift 3\nexec "$@"\n', permissions: "0755" },
    {
      path: "opt/actions-runner/run.sh",
      content: `#!/bin/sh\nexec ${process.execPath} ${runner} --jitconfig "$ACTIONS_RUNNER_INPUT_JITCONFIG"\n`,
      permissions: "0755",
    },
  ];
  for (const { path, content, permissions } of [...files, ...programs]) {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    await chmod(file, Number.parseInt(permissions, 8));
  }
  const env = { AICD_ROOT: root, PATH: `${root}/bin:/usr/bin:/bin` };
  return spawn("sh", [join(root, "opt/aicd/boot.sh")], { env, detached: true, stdio: "ignore" });
}

it("a job of GitHub's runs on a server that is made for it, the next on the same one rebuilt, and all are gone", async () => {
  await github.createUser("mona");
  const account = {
    ...(await github.createOrganization("acme", { owner: "mona" })),
    kind: "Organization" as const,
  };
  const source = join(directory, "source", ".github", "workflows");
  await mkdir(source, { recursive: true });
  await writeFile(join(source, "work.yml"), WORKFLOW);
  const { id: repositoryId } = await github.createRepository("acme", "widget", {
    from: join(directory, "source"),
  });
  const permissions = { ...APP_PERMISSIONS, ...FLEET_PERMISSIONS };
  const events = [...APP_EVENTS, ...FLEET_EVENTS];
  const app = await github.registerApp({ name: "AI-CD", owner: "acme", permissions, events });
  const { installationId } = await github.installApp(app, "acme", "all");
  const home = { github, app, fetch } as unknown as Home;
  const { deps } = createTestDeps(database, { url: "http://127.0.0.1", directory, home });
  const { tenantId } = await deps.db.withSystem((tx) =>
    upsertInstallation(tx, deps.mint, { githubId: installationId, account, state: "active" }),
  );
  await deps.db.withTenant({ tenantId }, (tx) =>
    putSettings(tx, TenantSettings.parse({ execution: "fleet" })),
  );
  const api = createApi({ token: cloud.token, endpoint: cloud.url });
  const options = {
    locations: [],
    image: undefined,
    network: undefined,
    sshKeys: [],
    now: deps.now,
    proxy: PROXY,
  };
  const fleet = {
    name: "test",
    caps: { servers: 2, serversPerTenant: 2, microEurPerMonth: 1e6, microEurPerMonthPerTenant: 1e6 },
    maxLifeMs: 3_600_000,
    cloud: createCloud({ api, fleet: "test", ...options }),
    runners: createRunners(deps.github),
    userData: (config: string) => userDataFor({ config, proxy: PROXY }),
  };
  const world = { ...deps, fleet };
  const repository = { installationId, repositoryId, owner: "acme", name: "widget" };
  const heard = async () => {
    for (const run of github.runs("acme/widget"))
      for (const { id, labels, status, runner } of run.jobs)
        await hearJob(
          world,
          { tenantId },
          { repository, jobId: id, runId: run.id, labels, status, runnerName: runner?.name },
        );
  };
  const run = async () => {
    await fetch(`${github.url}/repos/acme/widget/actions/workflows/work.yml/dispatches`, {
      method: "POST",
      headers: { authorization: `Bearer ${github.as("mona").token}` },
      body: JSON.stringify({ ref: "main" }),
    });
    const last = () => github.runs("acme/widget").at(-1);
    await vi.waitUntil(
      async () => {
        await heard();
        await runFleet(world);
        return last()?.status === "completed";
      },
      { timeout: 30_000, interval: 50 },
    );
    await heard();
    await runFleet(world);
    return last();
  };

  const first = await run();
  const second = await run();

  expect([first?.conclusion, second?.conclusion]).toEqual(["success", "success"]);
  expect(second?.jobs[0]?.runner?.name).toMatch(/^aicd-srv-[0-9a-z]{26}-2$/);
  expect(cloud.servers()).toHaveLength(1);
  expect(await sumFleetHours(deps.db.system, new Date(0))).toEqual([
    { tenantId, hours: 1, microEur: cloud.bought().microEur },
  ]);
  const later = { ...world, now: () => deps.now() + 57 * 60_000 };
  await runFleet(later);
  await runFleet(later);
  await reapFleet({ ...later, now: () => deps.now() + 58 * 60_000 });
  expect(cloud.living()).toEqual([]);
  expect(cloud.unexpected).toEqual([]);
  expect(github.unexpected).toEqual([]);
});
