import { type CheckConclusion, CONCLUSION_MEANS } from "@aicd/core";
import type { ReadClient } from "../clients.ts";
import { everyPage, PAGE } from "../pages.ts";
import type { RepositoryName } from "../permission.ts";

/** The newest run of one check on a commit. */
export type FoundCheck = {
  id: number;
  name: string;
  /** Of the App that runs it. */
  app: string;
  /** Null: it has not ended. */
  conclusion: CheckConclusion | null;
  /** An earlier run of it on this commit passed. */
  passedBefore: boolean;
  /** What it says of itself; jobs of GitHub Actions say nothing here. */
  words: string;
};

/** The App whose check runs are the jobs of workflows, each under the id of its job. */
export const ACTIONS_APP = "github-actions";

/** Every check on a commit but our own, as its newest run has it. */
export async function fetchChecks(
  read: ReadClient,
  repository: RepositoryName,
  { sha, appLogin }: { sha: string; appLogin: string },
): Promise<FoundCheck[]> {
  const runs = await everyPage((page) =>
    read.rest.checks
      .listForRef({
        ...{ owner: repository.owner, repo: repository.name, ref: sha },
        ...{ filter: "all", per_page: PAGE, page },
      })
      .then(({ data }) => data.check_runs),
  );
  const byName = new Map<string, (typeof runs)[number][]>();
  for (const run of runs) {
    if (`${run.app?.slug}[bot]` === appLogin) continue;
    const key = JSON.stringify([run.app?.slug, run.name]);
    byName.set(key, [...(byName.get(key) ?? []), run]);
  }
  return [...byName.values()].flatMap((all) => {
    const [newest, ...earlier] = all.toSorted((a, b) => Number(b.id) - Number(a.id));
    if (newest === undefined) return [];
    const { title, summary, text } = newest.output;
    return [
      {
        id: Number(newest.id),
        name: newest.name,
        app: newest.app?.slug ?? "",
        conclusion: newest.status === "completed" ? known(newest.conclusion) : null,
        passedBefore: earlier.some(({ conclusion }) => conclusion === "success"),
        words: [title, summary, text].filter((part) => part != null && part !== "").join("\n\n"),
      },
    ];
  });
}

/** A conclusion that GitHub has since our time says nothing we could act on. */
function known(conclusion: string | null): CheckConclusion {
  return conclusion !== null && conclusion in CONCLUSION_MEANS ? (conclusion as CheckConclusion) : "stale";
}
