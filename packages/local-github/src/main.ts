import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { parse } from "yaml";
import { plant, type Seed } from "./people/plant.ts";
import { startLocalGitHub } from "./start.ts";

const USAGE = `Usage: local-github [--port 4000] [--seed seed.yaml] [--directory DIR]

Starts a GitHub on this machine and prints its addresses as JSON, one line. The seed is YAML or JSON:

  users: [ada]
  organizations: { octo: { owner: ada } }
  repositories: { octo/demo: { from: ./files } }
  apps: [{ name: My App, webhookUrl: "http://127.0.0.1:3000/hook", permissions: { issues: write }, events: [issues], on: octo }]

Without a directory everything is gone when it stops.`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "0" },
      seed: { type: "string" },
      directory: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port takes a number from 0 to 65535, not ${values.port}`);
  }
  const seed: Seed = values.seed ? parse(await readFile(values.seed, "utf8")) : {};
  const directory = values.directory ?? (await mkdtemp(join(tmpdir(), "local-github-")));
  const github = await startLocalGitHub({ directory: resolve(directory), port });
  const planted = await plant(github, seed);
  process.stdout.write(
    `${JSON.stringify({ url: github.url, graphql: `${github.url}/graphql`, ...planted })}\n`,
  );
  const stop = async () => {
    await github.stop();
    if (!values.directory) await rm(directory, { recursive: true, force: true });
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => void stop());
}

try {
  await main();
} catch (error) {
  // The edge of the program: what went wrong is for the person who typed the command.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`);
  process.exitCode = 2;
}
