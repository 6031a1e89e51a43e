import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { Secret } from "@aicd/ops";
import { z } from "zod";
import type { AppCredentials } from "../env.ts";

const Saved = z.object({
  appId: z.number().int(),
  privateKey: z.string(),
  webhookSecret: z.string(),
  client: z.object({ id: z.string(), secret: z.string() }).optional(),
});

/** Credentials of the App that the setup page made; only this user may read the file. */
export async function saveApp(path: string, app: AppCredentials): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const text = JSON.stringify({
    appId: app.appId,
    privateKey: app.privateKey.reveal(),
    webhookSecret: app.webhookSecret.reveal(),
    ...(app.client === undefined
      ? {}
      : { client: { id: app.client.id, secret: app.client.secret.reveal() } }),
  });
  // Written aside and moved into place: a crash leaves the old file or the new one.
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

export async function loadApp(path: string): Promise<AppCredentials | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch {
    // No file: no App was made here yet.
    return undefined;
  }
  const saved = Saved.parse(JSON.parse(text));
  return {
    appId: saved.appId,
    privateKey: new Secret(saved.privateKey),
    webhookSecret: new Secret(saved.webhookSecret),
    ...(saved.client === undefined
      ? {}
      : { client: { id: saved.client.id, secret: new Secret(saved.client.secret) } }),
  };
}
