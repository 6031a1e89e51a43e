import { spawn } from "node:child_process";
import type { NodeVersion } from "./root.ts";

const DEV = ["null", "zero", "full", "random", "urandom", "tty"];

export type Visit = {
  script: string;
  user?: "root" | "mona";
  node?: NodeVersion;
  /** As root and before anything else, in mounts that end with the visit. */
  before?: string;
  /** Wraps the shell, e.g. to take capabilities away. */
  through?: string;
  /** On top of PATH and HOME; undefined unsets. */
  env?: Record<string, string | undefined>;
};

export type Told = { code: number; output: string; seconds: number };

/** Runs a script inside the root, with processes and mounts of its own: whatever it starts ends with it. */
export async function enter(root: string, visit: Visit): Promise<Told> {
  const user = visit.user ?? "root";
  const env: Record<string, string | undefined> = {
    PATH: `/opt/node${visit.node ?? "20.18"}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    HOME: user === "root" ? "/root" : `/home/${user}`,
    NODE_EXTRA_CA_CERTS: "/etc/ssl/certs/ca-certificates.crt",
    ...visit.env,
  };
  const given = Object.entries(env).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${value}`],
  );
  const outer = [
    "set -e",
    'mount -t proc proc "$ROOT/proc"',
    // With control groups in it: without them the tests' fork bomb would be this machine's.
    'mount --rbind /sys "$ROOT/sys"',
    'mount -t tmpfs tmpfs "$ROOT/dev"',
    ...DEV.map((name) => `touch "$ROOT/dev/${name}"; mount --bind /dev/${name} "$ROOT/dev/${name}"`),
    'mkdir -m 1777 "$ROOT/dev/shm"; ln -s /proc/self/fd "$ROOT/dev/fd"',
    'exec chroot "$ROOT" /usr/bin/env -i "$@"',
  ].join("\n");
  const inner = [
    visit.before ?? ":",
    `exec ${visit.through ?? ""} ${user === "root" ? "" : `setpriv --reuid=${user} --regid=${user} --init-groups`} sh -c "$SCRIPT"`,
  ].join("\n");
  const started = Date.now();
  const child = spawn(
    "unshare",
    [
      "--mount",
      "--pid",
      "--fork",
      "--kill-child",
      "sh",
      "-c",
      outer,
      "sh",
      ...given,
      `SCRIPT=${visit.script}`,
      "sh",
      "-ec",
      inner,
    ],
    { env: { PATH: process.env.PATH, ROOT: root }, stdio: ["ignore", "pipe", "pipe"] },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const code = await new Promise<number>((resolve) => child.once("close", (status) => resolve(status ?? 1)));
  return { code, output: output.trim(), seconds: (Date.now() - started) / 1000 };
}
