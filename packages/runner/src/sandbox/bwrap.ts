import { homedir } from "node:os";
import { delimiter, join, relative, sep } from "node:path";

export type Confinement = {
  /** Only this and the two below can be written. */
  workspace: string;
  home: string;
  temp: string;
  /** Directories whose content the command must not see, e.g. the runner's own files. */
  hidden: string[];
  path: string;
  network: boolean;
};

/** Where /etc/resolv.conf leads on systemd machines. */
const RESOLVER = "/run/systemd/resolve";

/**
 * bubblewrap arguments: the system read-only, own process, network, user and IPC namespaces, no
 * capabilities, a fresh /proc, home directories empty but for the toolchains on PATH.
 */
export function bwrap(confinement: Confinement): string[] {
  const { workspace, home, temp, hidden, path, network } = confinement;
  return [
    "bwrap",
    ...["--die-with-parent", "--new-session", "--unshare-pid", "--unshare-user", "--unshare-ipc"],
    ...["--unshare-uts", "--unshare-cgroup-try", "--cap-drop", "ALL", ...(network ? [] : ["--unshare-net"])],
    ...["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--tmpfs", "/var/tmp"],
    // A read-only mount does not keep anybody from talking to a socket, such as Docker's.
    ...["--tmpfs", "/run", ...(network ? ["--ro-bind-try", RESOLVER, RESOLVER] : [])],
    ...[homedir(), ...hidden].flatMap((directory) => ["--tmpfs", directory]),
    ...toolchains(path).flatMap((directory) => ["--ro-bind-try", directory, directory]),
    ...[home, temp, workspace].flatMap((directory) => ["--bind", directory, directory]),
    ...["--chdir", workspace, "--"],
  ];
}

/** First directories below the home that PATH leads into: `~/.pyenv` for `~/.pyenv/shims`. */
function toolchains(path: string): string[] {
  const home = homedir();
  const found = path.split(delimiter).flatMap((entry) => {
    const below = relative(home, entry);
    const first = below.split(sep)[0];
    if (first === undefined || first === "" || first === ".." || below.startsWith("/")) return [];
    return [join(home, first)];
  });
  return [...new Set(found)];
}
