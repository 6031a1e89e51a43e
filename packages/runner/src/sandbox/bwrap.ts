import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, relative, sep } from "node:path";
import { credentialPlaces } from "./credentials.ts";
import { type InnerGit, SHARED } from "./inner-git.ts";
import { toolchainHomes } from "./toolchain-homes.ts";

export type Confinement = {
  /** Only this, unless it is `readOnly`, and the two below can be written. */
  workspace: string;
  home: string;
  temp: string;
  /** Stands behind /tmp and /dev/shm: on the disk, where it is counted, and not in memory, where it is not. */
  scratch: string;
  /** Directories whose content the command must not see, e.g. the runner's own files. */
  hidden: string[];
  /** What stands for the workspace's `.git`. */
  git: InnerGit;
  /** Sockets on which somebody listens; a read-only mount keeps nobody from talking to one. */
  sockets: string[];
  path: string;
  network: boolean;
  /** The workspace can be looked at and not changed. */
  readOnly: boolean;
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
  const { workspace, home, temp, scratch, hidden, git, sockets, path, network, readOnly } = confinement;
  const empty = [homedir(), ...hidden];
  const secrets = credentialPlaces();
  return [
    "bwrap",
    ...["--die-with-parent", "--new-session", "--unshare-pid", "--unshare-user", "--unshare-ipc"],
    ...["--unshare-uts", "--unshare-cgroup-try", "--cap-drop", "ALL", ...(network ? [] : ["--unshare-net"])],
    ...["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"],
    ...MASKED.flatMap((place) => ["--bind", scratch, place]),
    ...["--tmpfs", "/run", ...(network ? ["--ro-bind-try", RESOLVER, RESOLVER] : [])],
    ...["--tmpfs", homedir()],
    ...toolchains(path).flatMap((directory) => ["--ro-bind-try", directory, directory]),
    // After the toolchains: one of them may hold what is to be hidden, e.g. `~/work` with all of a job's files.
    ...hidden.flatMap((directory) => ["--tmpfs", directory]),
    ...buried(path, hidden).flatMap((directory) => ["--ro-bind-try", directory, directory]),
    ...secrets.folders.filter(isOutsideOf(empty, path)).flatMap((directory) => ["--tmpfs", directory]),
    // A place that is gone by now must not be named: it could not be made.
    ...[...secrets.files, ...sockets.filter((socket) => existsSync(socket))]
      .filter(isOutsideOf(["/run", "/var/run", ...MASKED, ...empty], path))
      .flatMap((file) => ["--ro-bind-try", "/dev/null", file]),
    ...[home, temp].flatMap((directory) => ["--bind", directory, directory]),
    ...[readOnly ? "--ro-bind" : "--bind", workspace, workspace],
    ...gitMounts(workspace, git),
    // File systems in memory are for hiding what is there, not for filling.
    ...["/run", ...empty].flatMap((directory) => ["--remount-ro", directory]),
    ...["--chdir", workspace, "--"],
  ];
}

/** A copy with the objects lent to it, or the file that is there, which a command must not turn elsewhere. */
function gitMounts(workspace: string, git: InnerGit): string[] {
  const place = join(workspace, ".git");
  if (git.kind === "none") return [];
  if (git.kind === "read-only") return ["--ro-bind", place, place];
  return [
    ...["--bind", git.directory, place, "--ro-bind-try", join(place, "objects"), git.objects],
    ...SHARED.flatMap((name) => ["--ro-bind-try", join(place, name), join(place, name)]),
  ];
}

/** Leaves out what is hidden anyway: nothing can be laid over a place that is not there. */
function isOutsideOf(hidden: readonly string[], path: string): (place: string) => boolean {
  const shown = [...toolchains(path), ...buried(path, hidden)];
  const below = (place: string) => (root: string) => place === root || place.startsWith(`${root}/`);
  return (place) => !hidden.some(below(place)) || shown.some(below(place));
}

/**
 * First directories below the home that PATH leads into: `~/.pyenv` for `~/.pyenv/shims`. Of a runner's own
 * directory, which holds its registration too, only the programs.
 */
function toolchains(path: string): string[] {
  const home = homedir();
  const found = path.split(delimiter).flatMap((entry) => {
    const below = relative(home, entry);
    const first = below.split(sep)[0];
    if (first === undefined || first === "" || first === ".." || below.startsWith("/")) return [];
    const root = join(home, first);
    return [RUNNER_FILES.some((name) => existsSync(join(root, name))) ? entry : root];
  });
  const own = dirname(process.execPath);
  const homes = Object.values(toolchainHomes(path)).filter((place) => place.startsWith(`${home}${sep}`));
  return [...new Set([...found, ...homes, ...(own.startsWith(`${home}${sep}`) ? [own] : [])])];
}

/** What GitHub's self-hosted runner keeps in its directory, beside the Node it runs actions with. */
const RUNNER_FILES = [".runner", ".credentials", ".credentials_rsaparams"] as const;

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
