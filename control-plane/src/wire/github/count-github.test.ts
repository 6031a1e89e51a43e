import { createMetrics } from "@aicd/ops";
import { expect, it } from "vitest";
import { countGitHub } from "./count-github.ts";

it("answers are counted by class, lost ones too, and what is left is the least that was said", async () => {
  const metrics = createMetrics();
  const says = (status: number, remaining: string, resource = "core") =>
    new Response(null, {
      status,
      headers: { "x-ratelimit-remaining": remaining, "x-ratelimit-resource": resource },
    });
  const answers = [says(200, "4000"), says(404, "3999"), says(200, "4999"), says(200, "9", "search")];
  const fetch = countGitHub(async () => answers.shift() ?? Promise.reject(new TypeError("lost")), metrics);

  for (let n = 0; n < 4; n++) await fetch("https://api.github.com");
  await expect(fetch("https://api.github.com")).rejects.toThrow("lost");
  const text = await metrics.registry.metrics();

  expect(text).toContain('aicd_github_requests_total{status="2xx"} 3');
  expect(text).toContain('aicd_github_requests_total{status="4xx"} 1');
  expect(text).toContain('aicd_github_requests_total{status="none"} 1');
  expect(text).toContain('aicd_github_remaining{resource="core"} 3999');
  expect(text).toContain('aicd_github_remaining{resource="search"} 9');
});
