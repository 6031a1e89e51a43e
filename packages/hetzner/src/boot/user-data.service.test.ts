import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { userDataFor } from "./user-data.ts";

const CONFIG = "eyJzZWNyZXQiOiJvbmNlIn0=";
const text = userDataFor({ config: CONFIG, proxy: new URL("http://10.0.0.2:3128") });
type Document = { write_files: { path: string; content: string; permissions: string }[]; runcmd: string[][] };
const document = JSON.parse(text.replace("#cloud-config\n", "")) as Document;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "aicd-boot-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const hasCloudInit = spawnSync("cloud-init", ["--version"]).status === 0;

it.skipIf(!hasCloudInit)("is cloud-init as its own schema has it", () => {
  const file = join(root, "user-data");
  writeFileSync(file, text);

  expect(execFileSync("cloud-init", ["schema", "--config-file", file], { encoding: "utf8" })).toMatch(
    /valid/i,
  );
});

it("fits the 32 KiB that the cloud takes, with a configuration as long as GitHub's are", () => {
  const long = userDataFor({ config: "x".repeat(6_000), proxy: new URL("http://10.0.0.2:3128") });

  expect(Buffer.byteLength(long)).toBeLessThan(16 * 1024);
});

describe("the rules", () => {
  const rules = document.write_files.find(({ path }) => path.endsWith("egress.nft"))?.content ?? "";

  it("let nothing in, and nothing out but to the proxy", () => {
    expect(rules.match(/policy (\w+)/g)).toEqual(["policy drop", "policy drop", "policy drop"]);
    expect(rules).toContain("ip daddr 10.0.0.2 tcp dport 3128 accept");
    expect(rules.match(/daddr .* accept/g)).toHaveLength(1);
  });

  it("refuse the metadata service before anything is let through", () => {
    expect(rules.indexOf("169.254.169.254 reject")).toBeLessThan(rules.indexOf("oif lo accept"));
  });
});

describe("the boot script", () => {
  /** The machine's programs, which write down how they were called. */
  function program(name: string, body: string): void {
    const file = join(root, "bin", name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\n${body}\n`);
    chmodSync(file, 0o755);
  }

  function boot(): { log: string; status: number | null } {
    for (const { path, content, permissions } of document.write_files) {
      const file = join(root, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
      chmodSync(file, Number.parseInt(permissions, 8));
    }
    mkdirSync(join(root, "var/lib/cloud/instances/i-1"), { recursive: true });
    writeFileSync(join(root, "var/lib/cloud/instances/i-1/user-data.txt"), text);
    program("systemctl", `echo "systemctl $*" >> ${root}/log`);
    // Drops `-u runner --`, as the user is not there.
    program("runuser", `echo "as $2" >> ${root}/log; shift 3; exec "$@"`);
    const { status } = spawnSync("sh", [join(root, document.runcmd[0]?.[0] ?? "")], {
      env: { AICD_ROOT: root, PATH: `${root}/bin:/usr/bin:/bin`, LEAK: "of the boot" },
    });
    return { log: readFileSync(join(root, "log"), "utf8"), status };
  }

  function runner(body: string): void {
    const file = join(root, "opt/actions-runner/run.sh");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\n${body}\n`);
    chmodSync(file, 0o755);
  }

  it("closes the network, runs one runner as nobody of importance, and switches off", () => {
    program("nft", `echo "nft $*" >> ${root}/log`);
    runner(`echo "run $ACTIONS_RUNNER_INPUT_JITCONFIG via $https_proxy leak=$LEAK" >> ${root}/log`);

    const { log, status } = boot();

    expect(status).toBe(0);
    expect(log.split("\n")).toEqual([
      `nft -f ${root}/etc/aicd/egress.nft`,
      "as runner",
      `run ${CONFIG} via http://10.0.0.2:3128 leak=`,
      "systemctl poweroff",
      "",
    ]);
  });

  it("leaves nothing of the configuration for the job to read", () => {
    program("nft", "true");
    runner(
      `grep -rl ${CONFIG} ${root} --exclude=log --exclude=run.sh >> ${root}/log; echo ran >> ${root}/log`,
    );

    expect(boot().log).toBe("as runner\nran\nsystemctl poweroff\n");
    expect(existsSync(join(root, "run/aicd"))).toBe(false);
  });

  it("runs no job where the rules do not hold, and switches off all the same", () => {
    program("nft", "exit 1");
    runner(`echo ran >> ${root}/log`);

    expect(boot()).toEqual({ log: "systemctl poweroff\n", status: 1 });
  });

  it("switches off after a runner that failed", () => {
    program("nft", "true");
    runner("exit 3");

    expect(boot().log).toBe("as runner\nsystemctl poweroff\n");
  });
});
