import { expect, it } from "vitest";
import { createClients, useVendor } from "../testing/vendor.ts";
import { fetchChecks } from "./check-results.ts";

const github = useVendor();
const { read } = createClients();
const PLACE = { owner: "acme", name: "shop" };
const LIST = "GET /repos/acme/shop/commits/c0ffee/check-runs?filter=all&per_page=100&page=1";

const run = (id: number, name: string, conclusion: string | null, more: object = {}) => ({
  ...{ id, name, conclusion, status: conclusion === null ? "in_progress" : "completed" },
  ...{ app: { slug: "github-actions" }, output: { title: null, summary: null, text: null } },
  ...more,
});
const answer = (...check_runs: object[]) =>
  github.answers(LIST, { status: 200, body: { total_count: check_runs.length, check_runs } });
const fetched = () => fetchChecks(read, PLACE, { sha: "c0ffee", appLogin: "ai-cd[bot]" });

it("a check is as its newest run has it, whatever order they come in", async () => {
  answer(run(1, "test", "success"), run(3, "test", "failure"), run(2, "test", "failure"));

  expect(await fetched()).toMatchObject([{ id: 3, conclusion: "failure", passedBefore: true }]);
});

it("our own says nothing about the change, and checks of two Apps are two", async () => {
  answer(
    run(1, "AI-CD", "failure", { app: { slug: "ai-cd" } }),
    run(2, "test", null),
    run(3, "test", "failure", { app: { slug: "other" }, output: { title: "Red", summary: "1 failed" } }),
  );

  expect(await fetched()).toMatchObject([
    { id: 2, app: "github-actions", conclusion: null, words: "" },
    { id: 3, app: "other", conclusion: "failure", words: "Red\n\n1 failed" },
  ]);
});

it("a conclusion nobody knows yet is nothing to act on", async () => {
  answer(run(1, "test", "exploded"));

  expect(await fetched()).toMatchObject([{ conclusion: "stale" }]);
});
