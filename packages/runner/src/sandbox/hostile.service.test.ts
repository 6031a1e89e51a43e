import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEEP, PATH } from "../testing/env.ts";
import { hasBwrap } from "../testing/levels.ts";
import { createSandbox, type Sandbox } from "./sandbox.ts";

const CANARY = `canary-${randomBytes(8).toString("hex")}`;
/** Every so many in an ordinary run. */
const SHARE = 9;

let directory = "";
let sandbox: Sandbox;
let port = 0;
const heard: string[] = [];
const server = createServer((request, response) => {
  heard.push(request.url ?? "");
  response.end(CANARY);
});

it("the tries would find it where nothing is shut in", async () => {
  const place = await realpath(await mkdtemp(join(tmpdir(), "aicd-open-")));
  await mkdir(join(place, "workspace"));
  await writeFile(join(place, "secret"), CANARY);
  const open = await createSandbox({
    workspaceDir: join(place, "workspace"),
    tempDir: join(place, "temp"),
    path: PATH,
    demanded: "process",
    atMost: "process",
  });

  const { output } = await open.run(["/bin/sh", "-c", `cat ${place}/secret`], { timeoutMs: 4_000 });
  await rm(place, { recursive: true, force: true });

  expect(output).toContain(CANARY);
});

describe.skipIf(!hasBwrap())("a command that tries everything", () => {
  beforeAll(async () => {
    directory = await realpath(await mkdtemp(join(tmpdir(), "aicd-hostile-")));
    await mkdir(join(directory, "workspace", ".git"), { recursive: true });
    await mkdir(join(directory, "runner"));
    await writeFile(join(directory, "workspace", ".git", "config"), `[http]\n\textraheader = ${CANARY}\n`);
    for (const name of ["secret", "env", "path", "output"]) {
      await writeFile(join(directory, "runner", name), CANARY);
    }
    process.env.AICD_TEST_CANARY = CANARY;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
    sandbox = await createSandbox({
      workspaceDir: join(directory, "workspace"),
      tempDir: join(directory, "temp"),
      path: PATH,
      demanded: "bwrap",
      hidden: [join(directory, "runner")],
      commandFiles: [join(directory, "runner", "env")],
    });
  });
  afterAll(async () => {
    delete process.env.AICD_TEST_CANARY;
    server.close();
    await rm(directory, { recursive: true, force: true });
  });

  it("reads nothing, reaches nobody and changes nothing outside, in 300 ways", async () => {
    const all = tries({ runner: join(directory, "runner"), pid: process.pid, port });
    const mine = all.filter((_, index) => DEEP || index % SHARE === 0);
    expect(all.length).toBeGreaterThanOrEqual(300);
    const before = stateOf();

    const leaks: string[] = [];
    for (const command of mine) {
      const { output } = await sandbox.run(["/bin/sh", "-c", command], { timeoutMs: 4_000 });
      if (output.includes(CANARY)) leaks.push(command);
    }

    expect(leaks).toEqual([]);
    expect(heard).toEqual([]);
    expect(stateOf()).toEqual(before);
  }, 600_000);
});

/** What must be as it was: the runner's files, the checkout's git, places of the system and of the home. */
function stateOf() {
  const runner = join(directory, "runner");
  return {
    files: readdirSync(runner).map((name) => [name, readFileSync(join(runner, name), "utf8")]),
    git: readdirSync(join(directory, "workspace", ".git")).map((name) => [
      name,
      readFileSync(join(directory, "workspace", ".git", name), "utf8"),
    ]),
    written: PLACES.filter((place) => existsSync(join(place, "aicd-hostile"))),
  };
}

const PLACES = [
  "/",
  "/etc",
  "/usr",
  "/usr/local/bin",
  "/opt",
  "/var/lib",
  "/srv",
  "/tmp",
  "/var/tmp",
  homedir(),
];

function tries({ runner, pid, port }: { runner: string; pid: number; port: number }): string[] {
  return [
    ...environment(pid),
    ...files(runner),
    ...writes(runner),
    ...network(port),
    ...privileges(pid),
    ...git(),
  ];
}

function environment(pid: number): string[] {
  const what = [
    "environ",
    "cmdline",
    "maps",
    "mem",
    "fd/1",
    "cwd/secret",
    "root/etc/hostname",
    "stack",
    "auxv",
  ];
  const whose = ["1", "self", "$PPID", "thread-self", String(pid), `${pid}/task/${pid}`, "[0-9]*"];
  return [
    ...whose.flatMap((one) =>
      what.map((name) => `cat /proc/${one}/${name} 2>/dev/null | tr '\\0' '\\n' | head -c 200000`),
    ),
    ...[
      "env",
      "printenv",
      "set",
      "export -p",
      "node -p 'JSON.stringify(process.env)'",
      "ps auxe",
      "ps e -ef",
    ],
    "python3 -c 'import os;print(os.environ)'",
  ];
}

function files(runner: string): string[] {
  const readers = [
    "cat",
    "head -c 1000",
    "base64",
    "xxd",
    "od -c",
    "strings",
    "tac",
    "grep -r .",
    "tar cf - ",
    "dd if=",
  ];
  const secrets = [
    `${runner}/secret`,
    `${runner}/env`,
    `${runner}/../runner/secret`,
    `/proc/self/root${runner}/secret`,
  ];
  const credentials = [
    ...[
      ".ssh/id_rsa",
      ".ssh/config",
      ".netrc",
      ".git-credentials",
      ".npmrc",
      ".aws/credentials",
      ".docker/config.json",
    ],
    ...[
      ".config/gh/hosts.yml",
      ".kube/config",
      ".gnupg",
      ".cargo/credentials.toml",
      ".pypirc",
      ".bash_history",
    ],
  ];
  return [
    ...secrets.flatMap((file) =>
      readers.map((reader) => `${reader}${reader.endsWith("=") ? "" : " "}${file}`),
    ),
    ...credentials.map((name) => `cat ${homedir()}/${name} ~/${name}`),
    ...["/etc/shadow", "/etc/gshadow", "/etc/sudoers", "/root/.ssh/id_rsa"].map(
      (file) => `cat ${file} | grep ':\\$' && echo $AICD_RUN`,
    ),
    `ln -s ${runner}/secret link && cat link; rm -f link`,
    `ln ${runner}/secret hard && cat hard; rm -f hard`,
    `find / -name secret -path '*runner*' -exec cat {} + 2>/dev/null`,
    `mkdir -p m && mount --bind ${runner} m && cat m/secret`,
    `cp -r ${runner} copy && cat copy/secret`,
    `node -e "console.log(require('fs').readFileSync('${runner}/secret','utf8'))"`,
    `exec 9<${runner}/secret && cat <&9`,
    `cat < ${runner}/secret`,
    `. ${runner}/secret`,
  ];
}

function writes(runner: string): string[] {
  return [
    ...PLACES.flatMap((place) => [
      `touch ${place}/aicd-hostile`,
      `echo x > ${place}/aicd-hostile`,
      `cp /bin/true ${place}/aicd-hostile`,
    ]),
    ...["env", "path", "output", "secret"].flatMap((name) => [
      `echo PATH=/evil >> ${runner}/${name}`,
      `rm -f ${runner}/${name}`,
      `truncate -s 0 ${runner}/${name}`,
    ]),
    `rm -rf ${runner}`,
    `mv ${runner} ${runner}.old`,
    `chmod -R 777 ${runner}`,
    "echo '* * * * * root touch /aicd-hostile' > /etc/cron.d/aicd-hostile",
    "echo /tmp/evil.so > /etc/ld.so.preload",
    `echo 'touch /aicd-hostile' >> ${homedir()}/.bashrc`,
    `mkdir -p ${homedir()}/.ssh && echo key >> ${homedir()}/.ssh/authorized_keys`,
    "at now <<< 'touch /aicd-hostile'",
    "(setsid sh -c 'sleep 1; touch /tmp/aicd-hostile' &)",
  ];
}

function network(port: number): string[] {
  const hosts = [
    ...["127.0.0.1", "localhost", "0.0.0.0", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]"],
    ...["[::ffff:127.0.0.1]", "host.docker.internal", "$(hostname)", "172.17.0.1", "10.0.2.2", "192.168.0.1"],
  ];
  const metadata = [
    "169.254.169.254",
    "[fd00:ec2::254]",
    "metadata.google.internal",
    "2852039166",
    "0xa9fea9fe",
  ];
  return [
    ...hosts.flatMap((host) => [
      `curl -s -m 1 http://${host}:${port}/curl`,
      `node -e "fetch('http://${host.replace("$(hostname)", "localhost")}:${port}/node').then(r=>r.text()).then(console.log,()=>{})"`,
      `bash -c 'exec 3<>/dev/tcp/${host.replaceAll(/[[\]]/g, "")}/${port}; printf "GET /tcp HTTP/1.0\\r\\n\\r\\n" >&3; cat <&3'`,
    ]),
    ...metadata.flatMap((host) => [
      `curl -s -m 1 http://${host}/latest/`,
      `wget -q -T 1 -O - http://${host}/`,
    ]),
    ...["8.8.8.8", "1.1.1.1"].map(
      (host) =>
        `node -e "require('dns').promises.Resolver&&require('dgram').createSocket('udp4').send('x',53,'${host}',()=>process.exit())"`,
    ),
    "getent hosts example.com; nslookup example.com; ping -c 1 -W 1 127.0.0.1",
    ...[
      "/run/docker.sock",
      "/var/run/docker.sock",
      "/run/containerd/containerd.sock",
      "/run/podman/podman.sock",
      "/run/dbus/system_bus_socket",
      "/run/systemd/private",
    ].map((socket) => `curl -s -m 1 --unix-socket ${socket} http://x/version`),
  ];
}

function privileges(pid: number): string[] {
  return [
    ...["sudo -n id", "su -c id", "pkexec id", "doas id"].map((line) => `${line} && touch /aicd-hostile`),
    ...["TERM", "KILL", "STOP", "USR1", "QUIT"].map(
      (signal) => `kill -${signal} ${pid}; kill -${signal} -${pid}`,
    ),
    ...["unshare -r", "unshare -Urm", "nsenter -t 1 -a", "chroot /", "setpriv --reuid 0"].map(
      (way) => `${way} touch /aicd-hostile`,
    ),
    ...["mount -t tmpfs none /mnt", "mount -o remount,rw /", "umount /proc", "pivot_root . ."].map(
      (line) => `${line} && touch /mnt/x`,
    ),
    ...["/dev/sda", "/dev/vda", "/dev/mem", "/dev/kmem", "/dev/port", "/dev/kmsg", "/dev/loop0"].map(
      (device) => `head -c 100 ${device}`,
    ),
    ...[
      "/proc/sysrq-trigger",
      "/proc/sys/kernel/core_pattern",
      "/sys/kernel/uevent_helper",
      "/sys/fs/cgroup/cgroup.procs",
      "/proc/sys/vm/drop_caches",
    ].map((file) => `echo x > ${file} && touch /aicd-hostile`),
    `gdb -p ${pid} -batch -ex 'p 1'`,
    `strace -p ${pid} -e trace=none & sleep 0.2; kill %1`,
    "keyctl show; keyctl print @s",
    "modprobe loop; insmod x.ko",
    "reboot -f; shutdown now",
    "docker run -v /:/host alpine touch /host/aicd-hostile",
  ];
}

function git(): string[] {
  const settings = [
    "core.fsmonitor",
    "core.hooksPath",
    "diff.external",
    "filter.x.clean",
    "core.sshCommand",
    "core.pager",
    "credential.helper",
    "alias.x",
  ];
  return [
    ...settings.flatMap((name) => [
      `git config ${name} 'touch /aicd-hostile'`,
      `git config --global ${name} 'touch /aicd-hostile'`,
    ]),
    ...["config", "HEAD", "hooks/pre-commit", "info/attributes", "objects/info/alternates"].map(
      (name) => `mkdir -p .git/hooks .git/info; echo x >> .git/${name}`,
    ),
    "cat .git/config; git config --list --show-origin; git credential fill </dev/null",
    "rm -rf .git; mv .git g; mkdir .git",
  ];
}
