import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AicdError, PROGRAM_FILES, PROGRAM_KEY, type Programs } from "@aicd/core";
import type { Sandbox } from "../sandbox/sandbox.ts";
import { PORT_FORWARDER } from "./port-forwarder.ts";
import { startModelProxy } from "./proxy.ts";

/** The kernel's limit for the path of a unix socket, less its end. */
const SOCKET_CHARACTERS = 103;
const ERROR_CHARACTERS = 8_000;

/** Starts agent command lines in the sandbox, each with a model proxy of its own. */
export function createPrograms(sandbox: Sandbox): Programs {
  return {
    level: sandbox.level,
    async run(program) {
      const directory = await mkdtemp(join(sandbox.temp, "p-"));
      try {
        return await start(sandbox, directory, program);
      } finally {
        await rm(directory, { recursive: true, force: true, maxRetries: 3 });
      }
    },
  };
}

async function start(
  sandbox: Sandbox,
  directory: string,
  program: Parameters<Programs["run"]>[0],
): ReturnType<Programs["run"]> {
  const socket = join(directory, "m.sock");
  if (Buffer.byteLength(socket) > SOCKET_CHARACTERS) {
    throw new AicdError(
      "unavailable",
      `The runner's temporary directory has too long a name for a socket: ${directory}. Use a shorter one.`,
    );
  }
  for (const [name, content] of Object.entries(program.files))
    await writeFile(join(directory, name), content);
  const key = `aicd_program_${randomBytes(16).toString("hex")}`;
  const fill = (text: string) => text.replaceAll(PROGRAM_FILES, directory).replaceAll(PROGRAM_KEY, key);
  const proxy = await startModelProxy(socket, key, program);
  try {
    const argv = [process.execPath, "-e", PORT_FORWARDER, socket, ...program.argv.map(fill)];
    const { exitCode, output, timedOut } = await sandbox.run(argv, {
      timeoutMs: program.timeoutMs,
      readOnly: program.readOnly,
      signal: program.signal,
      maxCharacters: ERROR_CHARACTERS,
      env: Object.fromEntries(Object.entries(program.env).map(([name, value]) => [name, fill(value)])),
      input: program.input,
      onLine: program.onLine,
    });
    return { exitCode, errors: output, timedOut, modelFailure: proxy.failure() };
  } finally {
    await proxy.close();
  }
}
