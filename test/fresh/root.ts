import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";

const SUITE = "bookworm";
const PACKAGES = "git,ca-certificates";
/** The git of the Debian before, older than the README asks for, inside the root. */
export const OLD_GIT = "/opt/old-git";
const OLD_SUITE = "bullseye";
/** Nodes a machine may have, each with the npm that comes with it. */
const NODES = { "20.18": "10.8", "22": "10.9", "24": "11" } as const;
export type NodeVersion = keyof typeof NODES;

/** A minimal Debian in `directory`: what is essential, git, certificates, and each Node with its npm under /opt. */
export function makeRoot(directory: string): string {
  const root = join(directory, "root");
  debian(root);
  for (const file of ["resolv.conf", "hosts"]) copyFileSync(join("/etc", file), join(root, "etc", file));
  trustAsHere(root);
  copyOldGit(join(directory, "old"), join(root, OLD_GIT));
  for (const version of Object.keys(NODES) as NodeVersion[]) installNode(root, version, directory);
  execFileSync("chroot", [root, "useradd", "--create-home", "--shell", "/bin/sh", "mona"]);
  chmodSync(join(root, "root"), 0o700);
  return root;
}

function debian(root: string): void {
  const args = ["--variant=minbase", `--include=${PACKAGES}`, "--quiet", SUITE, root];
  const sources = sourcesOfHere();
  if (sources === undefined) mmdebstrap(args);
  else mmdebstrap([...args, "-"], sources);
}

function mmdebstrap(args: readonly string[], input = ""): void {
  const made = spawnSync("mmdebstrap", args, { input, stdio: ["pipe", "ignore", "pipe"], encoding: "utf8" });
  if (made.error) throw new Error("mmdebstrap is not installed: apt-get install mmdebstrap");
  if (made.status !== 0) throw new Error(`mmdebstrap made no Debian: ${made.stderr}`);
}

/** The program alone: it runs with the libraries of the newer Debian. */
function copyOldGit(directory: string, to: string): void {
  const [mirror] = sourcesOfHere()?.match(/https?:\/\/\S+\/debian\/?(?=\s)/) ?? [];
  const args = ["--variant=extract", "--include=git", "--quiet", OLD_SUITE, directory];
  mmdebstrap(mirror === undefined ? args : [...args, `deb ${mirror} ${OLD_SUITE} main`]);
  copyFileSync(join(directory, "usr/bin/git"), to);
}

/** Where this machine gets its packages from, if it is the same Debian; else mmdebstrap's own default. */
function sourcesOfHere(): string | undefined {
  const directory = "/etc/apt/sources.list.d";
  const files = existsSync(directory)
    ? readdirSync(directory).filter((name) => /\.(list|sources)$/.test(name))
    : [];
  const texts = [...files.map((name) => join(directory, name)), "/etc/apt/sources.list"]
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, "utf8"));
  return texts.find((text) => new RegExp(`\\b${SUITE}\\b`).test(text) && /\bdebian\b/.test(text));
}

/** Certificates that this machine's owner added, for registries behind a proxy. */
function trustAsHere(root: string): void {
  const directory = "/usr/local/share/ca-certificates";
  if (!existsSync(directory)) return;
  cpSync(directory, join(root, directory), { recursive: true });
  execFileSync("chroot", [root, "update-ca-certificates"], { stdio: "ignore" });
}

function installNode(root: string, version: NodeVersion, directory: string): void {
  const folder = join(root, "opt", `node${version}`);
  mkdirSync(join(folder, "bin"), { recursive: true });
  unpack(`node-linux-${process.arch}@${version}`, join(folder, "node"), directory);
  unpack(`npm@${NODES[version]}`, join(folder, "npm"), directory);
  symlinkSync("../node/bin/node", join(folder, "bin", "node"));
  symlinkSync("../npm/bin/npm-cli.js", join(folder, "bin", "npm"));
  symlinkSync("../npm/bin/npx-cli.js", join(folder, "bin", "npx"));
  execFileSync("chmod", ["-R", "a+rX", folder]);
  execFileSync("chmod", ["a+x", join(folder, "npm/bin/npm-cli.js"), join(folder, "npm/bin/npx-cli.js")]);
}

function unpack(spec: string, folder: string, directory: string): void {
  const out = execFileSync("npm", ["pack", spec, "--json", "--pack-destination", directory], {
    encoding: "utf8",
  });
  // A range may name several; the last is the newest.
  const packed = (JSON.parse(out) as { filename: string }[]).at(-1);
  if (packed === undefined) throw new Error(`The registry has no ${spec}`);
  mkdirSync(folder, { recursive: true });
  execFileSync("tar", ["-xzf", join(directory, packed.filename), "-C", folder, "--strip-components=1"]);
}
