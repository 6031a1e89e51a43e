import { offeredSandbox } from "@aicd/runner";
import type { Client } from "@aicd/sdk";
import { baseEnv } from "../env.ts";
import type { Timeline } from "./timeline.ts";

/**
 * An owner's opt-out of the sandbox, where this machine has none: the demo's code is known, and it should run
 * on any laptop. On a real server this is a decision under Settings.
 */
export async function allowThisMachine(input: {
  client: Client;
  org: string;
  timeline: Timeline;
}): Promise<void> {
  const offer = await offeredSandbox(baseEnv().PATH ?? "");
  if (offer.level === "bwrap") return;
  const { client, org, timeline } = input;
  await client.updateOrganizationSettings({ org, body: { weakestSandbox: "process" } });
  timeline.note(
    `No sandbox on this machine, so the organisation's owner allows \`process\` here. ${offer.why}`,
  );
}
