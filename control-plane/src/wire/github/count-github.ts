import type { Metrics } from "@aicd/ops";

/** The least is forgotten after this: limits are of an hour, and tokens come and go. */
const WINDOW_MS = 5 * 60_000;

/** A `fetch` that counts what GitHub answers, and what it says is left. */
export function countGitHub(inner: typeof fetch, metrics: Metrics): typeof fetch {
  const least = new Map<string, { value: number; at: number }>();
  return async function counted(input, init) {
    const answer = await inner(input, init).catch((error: unknown) => {
      metrics.aicd_github_requests_total.inc({ status: "none" });
      throw error;
    });
    metrics.aicd_github_requests_total.inc({ status: `${Math.floor(answer.status / 100)}xx` });
    const remaining = answer.headers.get("x-ratelimit-remaining");
    if (remaining !== null && /^\d{1,9}$/.test(remaining)) {
      const resource = /^[a-z_]{1,30}$/.exec(answer.headers.get("x-ratelimit-resource") ?? "")?.[0] ?? "core";
      const before = least.get(resource);
      const isOld = before === undefined || performance.now() - before.at > WINDOW_MS;
      if (isOld || Number(remaining) <= before.value) {
        least.set(resource, { value: Number(remaining), at: performance.now() });
        metrics.aicd_github_remaining.set({ resource }, Number(remaining));
      }
    }
    return answer;
  };
}
