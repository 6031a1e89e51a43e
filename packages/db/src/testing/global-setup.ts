import { AicdError } from "@aicd/core";
import type { TestProject } from "vitest/node";
import { startTestServer } from "./server.ts";
import { ensureTemplate } from "./template.ts";

/** Vitest's global setup: one server and one migrated template for the whole run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestServer().catch(exitInOneLine);
  project.provide("postgres", {
    server: server.connectionString,
    template: await ensureTemplate(server.connectionString),
  });
  return server.stop;
}

/** What a person can mend would drown in what vitest shows of an error; anything else is ours and shows where. */
function exitInOneLine(error: unknown): never {
  if (!(error instanceof AicdError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
