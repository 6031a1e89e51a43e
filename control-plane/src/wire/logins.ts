import { type LoginKey, type Logins, migrateDatabase, openLogins } from "@aicd/db";
import { makeQueueSchema } from "@aicd/queue";

/** Postgres: whoever asks may not do that. */
const FORBIDDEN = "42501";

/**
 * The owner's part of a start: schema, the queue's schema, and a login for each pool. After this nothing works as
 * the owner but where it says so.
 * @param owner the login of `DATABASE_URL`, or the embedded superuser
 */
export async function readyDatabase(
  owner: string,
  key: LoginKey,
  { withQueue }: { withQueue: boolean },
): Promise<{ applied: string[]; logins: Logins }> {
  const applied = await migrateDatabase(owner);
  if (withQueue) await prepareQueue(owner);
  return { applied, logins: await openLogins(owner, key) };
}

/** The queue's schema anew, and its login's rights in it, when somebody dropped or emptied it. */
export async function remakeQueue(owner: string, key: LoginKey): Promise<void> {
  await makeQueueSchema(owner);
  await openLogins(owner, key);
}

/** Who may not do it finds it done by whoever may, or is told so when the queue is opened. */
async function prepareQueue(owner: string): Promise<void> {
  try {
    await makeQueueSchema(owner);
  } catch (error) {
    if ((error as { code?: unknown }).code !== FORBIDDEN) throw error;
  }
}
