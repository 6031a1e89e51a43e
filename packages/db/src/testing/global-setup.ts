import type { TestProject } from "vitest/node";
import { startTestServer } from "./server.ts";
import { ensureTemplate } from "./template.ts";

/** Vitest's global setup: one server and one migrated template for the whole run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestServer();
  project.provide("postgres", {
    server: server.connectionString,
    template: await ensureTemplate(server.connectionString),
  });
  return server.stop;
}
