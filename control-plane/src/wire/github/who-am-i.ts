import { AicdError } from "@aicd/core";
import { type Database, findGitHubApp, noteGitHubApp } from "@aicd/db";
import type { GitHubClients } from "@aicd/github";
import type { Logger } from "@aicd/ops";

/** From here on an answer says that GitHub has trouble; below, that we have. Octokit gives a lost connection a 500. */
const THEIR_TROUBLE = 500;

/**
 * Who the App is on GitHub. While GitHub is away it is who it was last, so that a server can start, take webhooks and
 * show what it knows.
 * @throws AicdError `unavailable` when GitHub is away and was never asked before; whatever GitHub refuses as it is
 */
export async function whoAmI(
  github: GitHubClients,
  { db, appId, log }: { db: Database; appId: number; log: Logger },
): Promise<{ slug: string; url: string }> {
  try {
    const { data } = await github.app.rest.apps.getAuthenticated();
    if (data === null) throw new Error("GitHub does not know the App");
    const self = { appId, slug: data.slug ?? "", url: data.html_url };
    await db.withSystem((tx) => noteGitHubApp(tx, self));
    return self;
  } catch (error) {
    if (!isTheirTrouble(error)) throw error;
    const known = await db.withSystem((tx) => findGitHubApp(tx, appId));
    if (known === undefined) {
      const message =
        "GitHub does not answer, and who the App is there was never asked before. Start again when it does.";
      throw new AicdError("unavailable", message, { cause: error });
    }
    log.warn({ reason: (error as Error).message }, "GitHub does not answer; started with what it said last");
    return known;
  }
}

function isTheirTrouble(error: unknown): boolean {
  const { status } = error as { status?: unknown };
  return typeof status === "number" && (status >= THEIR_TROUBLE || status === 429);
}
