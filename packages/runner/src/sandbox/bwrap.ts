import { homedir } from "node:os";
import { delimiter, dirname, join, relative, sep } from "node:path";

export type Confinement = {
  /** Only this and the two below can be written. */
  workspace: string;
  home: string;
  temp: string;
  /** Stands behind /tmp and /dev/shm: on the disk, where it is counted, and not in memory, where it is not. */
  scratch: string;
  /** Directories whose content the command must not see, e.g. the runner's own files. */
  hidden: string[];
  path: string;
  network: boolean;
};

/** Shared places in which others may have left things; a command finds its own instead. */
const MASKED = ["/tmp", "/var/tmp", "/dev/shm"] as const;

/** Where /etc/resolv.conf leads on systemd machines. */
const RESOLVER = "/run/systemd/resolve";

/**
 * bubblewrap arguments: the system read-only, own process, network, user and IPC namespaces, no
 * capabilities, a fresh /proc, home directories empty but for the toolchains on PATH.
 */
export function bwrap(confinement: Confinement): string[] {
  const { workspace, home, temp, scratch, hidden, path, network } = confinement;
  const empty = [homedir(), ...hidden];
  return [
    "bwrap",
    ...["--die-with-parent", "--new-session", "--unshare-pid", "--unshare-user", "--unshare-ipc"],
    ...["--unshare-uts", "--unshare-cgroup-try", "--cap-drop", "ALL", ...(network ? [] : ["--unshare-net"])],
    ...["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"],
    ...MASKED.flatMap((place) => ["--bind", scratch, place]),
    // A read-only mount does not keep anybody from talking to a socket, such as Docker's.
    ...["--tmpfs", "/run", ...(network ? ["--ro-bind-try", RESOLVER, RESOLVER] : [])],
    ...["--tmpfs", homedir()],
    ...toolchains(path).flatMap((directory) => ["--ro-bind-try", directory, directory]),
    // After the toolchains: one of them may hold what is to be hidden, e.g. `~/work` with all of a job's files.
    ...hidden.flatMap((directory) => ["--tmpfs", directory]),
    ...buried(path, hidden).flatMap((directory) => ["--ro-bind-try", directory, directory]),
    ...[home, temp, workspace].flatMap((directory) => ["--bind", directory, directory]),
    // File systems in memory are for hiding what is there, not for filling.
    ...["/run", ...empty].flatMap((directory) => ["--remount-ro", directory]),
    ...["--chdir", workspace, "--"],
  ];
}

/** First directories below the home that PATH leads into: `~/.pyenv` for `~/.pyenv/shims`. */
function toolchains(path: string): string[] {
  const home = homedir();
  const found = entriesOf(path).flatMap((entry) => {
    const below = relative(home, entry);
    const first = below.split(sep)[0];
    if (first === undefined || first === "" || first === ".." || below.startsWith("/")) return [];
    return [join(home, first)];
  });
  return [...new Set(found)];
}

/** Entries of PATH inside a place that was emptied; they come back by themselves. */
function buried(path: string, hidden: readonly string[]): string[] {
  const places = [...MASKED, ...hidden];
  return [
    ...new Set(entriesOf(path).filter((entry) => places.some((place) => entry.startsWith(`${place}/`)))),
  ];
}

/** Our own Node too: it stands in front of agent command lines. */
function entriesOf(path: string): string[] {
  return [...path.split(delimiter), dirname(process.execPath)];
}
