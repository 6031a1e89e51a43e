import { randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import type { CommandResult } from "@aicd/core";
import { identityOf } from "./inner-git.ts";

export type ReachOptions = {
  workspaceDir: string;
  tempDir: string;
  /** The runner's own files: their content steers later steps of a job. */
  commandFiles: readonly string[];
  sockets: readonly string[];
  /** Runs a program shut in as commands will be. */
  run(argv: readonly string[], env: Record<string, string>): Promise<CommandResult>;
};

/**
 * What a command can reach that it must not: each a phrase for a person, empty when the walls hold. Found out
 * by a command that tries, not by which programs or marks are on the machine.
 */
export async function reachOf(options: ReachOptions): Promise<string[]> {
  const { workspaceDir, tempDir, commandFiles, sockets, run } = options;
  const secret = randomBytes(16).toString("hex");
  const file = join(tempDir, "reach");
  await writeFile(file, secret, { mode: 0o600 });
  let visitors = 0;
  const server = createServer((socket) => {
    visitors += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const git = join(workspaceDir, ".git");
  const asked = {
    ...{ file, port, commandFiles, sockets, mark: secret },
    home: { place: homedir(), identity: await identityOf(homedir()) },
    git: {
      place: git,
      config: await identityOf(join(git, "config")),
      hooks: await identityOf(join(git, "hooks")),
    },
  };
  try {
    const argv = [process.execPath, "-e", PROBE, JSON.stringify(asked)];
    const { exitCode, output } = await run(argv, { AICD_REACH: secret });
    const said = /^reach:(\[.*\])$/m.exec(output)?.[1];
    if (exitCode !== 0 || said === undefined)
      return [`nothing could be tried out in it: ${output.trim().slice(-300)}`];
    const reached = JSON.parse(said) as string[];
    return visitors > 0 ? [...new Set([...reached, "services on this machine"])] : reached;
  } finally {
    server.close();
    await rm(file, { force: true });
  }
}

/** Runs inside, so it is plain text: no file of ours need be visible there. */
const PROBE = `
const fs = require("node:fs");
const net = require("node:net");
const asked = JSON.parse(process.argv[1]);
const reached = new Set();
const attempt = (what, holds) => { try { if (holds()) reached.add(what); } catch {} };
const identity = (place) => { const { dev, ino } = fs.statSync(place); return dev + ":" + ino; };
const writable = (place) => { fs.accessSync(place, fs.constants.W_OK); return true; };
attempt("files of the runner", () => fs.readFileSync(asked.file, "utf8") === asked.mark);
for (const pid of fs.readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name))) {
  attempt("processes of the runner", () => !fs.readFileSync("/proc/" + pid + "/environ").includes("AICD_REACH=" + asked.mark));
  attempt("memory of the runner", () => {
    if (fs.readFileSync("/proc/" + pid + "/environ").includes("AICD_REACH=" + asked.mark)) return false;
    fs.closeSync(fs.openSync("/proc/" + pid + "/mem", "r"));
    return true;
  });
}
for (const file of asked.commandFiles) attempt("the runner's command files", () => writable(file));
attempt("the home directory", () => asked.home.identity !== undefined && identity(asked.home.place) === asked.home.identity);
attempt("the checkout's git configuration", () => {
  const place = asked.git.place + "/config";
  return identity(place) === asked.git.config && writable(place);
});
attempt("the checkout's git hooks", () => {
  const place = asked.git.place + "/hooks";
  return identity(place) === asked.git.hooks && writable(place);
});
attempt("privileges, as by sudo", () => {
  const status = fs.readFileSync("/proc/self/status", "utf8");
  return !/^NoNewPrivs:\\s*1$/m.test(status) || !/^CapEff:\\s*0+$/m.test(status) || !/^CapBnd:\\s*0+$/m.test(status);
});
attempt("the system's files, to write", () => {
  const place = "/usr/aicd-reach-" + process.pid;
  fs.closeSync(fs.openSync(place, "wx"));
  fs.unlinkSync(place);
  return true;
});
const dial = (what, options) => new Promise((resolve) => {
  const socket = net.connect(options);
  const end = (open) => { if (open) reached.add(what); socket.destroy(); resolve(); };
  socket.setTimeout(500, () => end(false));
  socket.once("connect", () => end(true));
  socket.once("error", () => end(false));
});
Promise.all([
  dial("services on this machine", { host: "127.0.0.1", port: asked.port }),
  dial("the cloud's metadata", { host: "169.254.169.254", port: 80 }),
  ...asked.sockets.map((path) => dial("a service's socket, " + path, { path })),
]).then(() => console.log("reach:" + JSON.stringify([...reached])));
`;
