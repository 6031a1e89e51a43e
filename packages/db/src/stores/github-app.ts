import type { SystemTx } from "../database.ts";

/** The App as GitHub shows it: its login is `slug[bot]`, people install it at `url`. */
export type GitHubAppRow = { appId: number; slug: string; url: string };

/** Notes who the App is. System work. */
export async function noteGitHubApp(tx: SystemTx, { appId, slug, url }: GitHubAppRow): Promise<void> {
  await tx.query(
    `INSERT INTO github_app (app_id, slug, url) VALUES ($1, $2, $3)
     ON CONFLICT (app_id) DO UPDATE SET slug = excluded.slug, url = excluded.url, seen_at = now()`,
    [appId, slug, url],
  );
}

/** Who the App was when GitHub was asked last. System work. */
export async function findGitHubApp(tx: SystemTx, appId: number): Promise<GitHubAppRow | undefined> {
  const { rows } = await tx.query<Omit<GitHubAppRow, "appId">>(
    "SELECT slug, url FROM github_app WHERE app_id = $1",
    [appId],
  );
  return rows[0] === undefined ? undefined : { appId, ...rows[0] };
}
