import { expect, it } from "vitest";
import { createClients, useVendor } from "../testing/vendor.ts";
import { fetchFailureLog } from "./failure-log.ts";

const github = useVendor();
const STORE = "https://logs.example";
const store = useVendor(STORE, { never: ["authorization"] });
const { read } = createClients();
const PLACE = { owner: "acme", name: "shop" };
const JOB = { id: 5, app: "github-actions", words: "" };
const AT = "2026-01-02T03:04:05.6789012Z ";

function keeps(log: string): void {
  github.answers("GET /repos/acme/shop/actions/jobs/5/logs", {
    status: 302,
    headers: { location: `${STORE}/5?sig=s3cret` },
  });
  store.answers("GET /5?sig=s3cret", { status: 200, body: log });
}

it("of a job's log the failing step is kept, without times and colours, and the storage never sees our token", async () => {
  const log = [
    `\uFEFF${AT}##[group]Run npm ci`,
    `${AT}added 3 packages`,
    `${AT}##[group]Run npm test`,
    `${AT}\u001b[31mnot ok 1 - adds\u001b[0m`,
    `${AT}##[error]Process completed with exit code 1.`,
    `${AT}Post job cleanup.`,
  ].join("\r\n");
  keeps(log);

  const { excerpt } = await fetchFailureLog(read, PLACE, JOB);

  expect(excerpt).toBe(
    "##[group]Run npm test\nnot ok 1 - adds\n##[error]Process completed with exit code 1.",
  );
});

it("of a log without end its end is kept", async () => {
  keeps(`${`${"x".repeat(100)}\n`.repeat(20_000)}the cause`);

  const { excerpt, whole } = await fetchFailureLog(read, PLACE, JOB);

  expect(excerpt.endsWith("the cause")).toBe(true);
  expect(excerpt.length).toBe(6_000);
  expect(whole.length).toBeLessThanOrEqual(512 * 1024);
});

it.each([403, 404, 410])("a log that GitHub answers %d for leaves the check's own words", async (status) => {
  github.answers("GET /repos/acme/shop/actions/jobs/5/logs", { status, body: { message: "no" } });

  expect(await fetchFailureLog(read, PLACE, { ...JOB, words: "Red" })).toEqual({
    excerpt: "Red",
    whole: "Red",
  });
});

it("another App's check is asked for no job", async () => {
  const { excerpt } = await fetchFailureLog(read, PLACE, { id: 5, app: "other", words: "2 of 3 failed" });

  expect(excerpt).toBe("2 of 3 failed");
});
