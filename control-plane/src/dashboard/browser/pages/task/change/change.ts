import { ApiError, type ChangeSetSummary, each, type Plan, type Task, type Verdict } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type Loaded, useLoad } from "../../../load.ts";
import { prose, show } from "../../../parts.ts";
import type { Here } from "../../../session.ts";
import { DiffView } from "./diff.ts";
import { Judgements } from "./judgements.ts";
import { marksOf } from "./marks.ts";
import { Proof } from "./proof.ts";
import { RoundPicker, roundsOf, UNFINISHED } from "./rounds.ts";

type Known = { sets: ChangeSetSummary[]; verdicts: Verdict[] };

/** Everything that was written for a task: round by round the diff, its proof, and how it was judged. */
export function Change({
  here,
  task,
  plan,
}: {
  here: Here;
  task: Task;
  plan: Plan | undefined;
}): ComponentChild {
  const [picked, pick] = useState<string>();
  const at = { org: here.org.id, task: task.id };
  const known = useLoad(task.id, async (): Promise<Known> => {
    const [sets, verdicts] = await Promise.all([
      Array.fromAsync(each((page) => here.client.listChangeSets({ ...at, limit: 100, ...page }))),
      Array.fromAsync(each((page) => here.client.listVerdicts({ ...at, limit: 100, ...page }))),
    ]);
    return { sets: sets.reverse(), verdicts: verdicts.reverse() };
  });
  const one = picked === undefined || picked === UNFINISHED ? {} : { changeSet: picked };
  const round = useLoad(`${task.id} ${picked}`, () => here.client.getDiff({ ...at, ...one }));
  useNews(task, [known, round]);
  if (!task.hasWork || known.load.kind === "loading") return null;
  const unfinished = round.load.kind === "ready" && round.load.value.changeSetId === null;
  return h(
    "section",
    { class: "card change", "aria-labelledby": "change" },
    show(known, ({ sets, verdicts }) => {
      const rounds = roundsOf(sets, verdicts);
      const shown = unfinished ? undefined : (rounds.find(({ set }) => set.id === picked) ?? rounds.at(-1));
      return [
        h(RoundPicker, { rounds, shown, unfinished, pick }),
        shown !== undefined && h("p", null, h("strong", null, prose(shown.set.title))),
        h(Written, { here, task, plan, round, of: shown?.set.id, verdicts }),
      ];
    }),
  );
}

/** What is there is asked for again when the task has moved on. */
function useNews({ state, headSha, hasWork }: Task, loaded: Pick<Loaded<unknown>, "again">[]): void {
  const [first, setFirst] = useState(true);
  useEffect(() => {
    if (!first) for (const { again } of loaded) again();
    setFirst(false);
  }, [state, headSha, hasWork]);
}

/** Summary, diff, proof and judgements of one round. `of` undefined: it was never proposed. */
function Written(input: {
  here: Here;
  task: Task;
  plan: Plan | undefined;
  round: Loaded<Awaited<ReturnType<Here["client"]["getDiff"]>>>;
  of: string | undefined;
  verdicts: Verdict[];
}): ComponentChild {
  const { here, task, plan, round, of } = input;
  const at = { org: here.org.id, task: task.id, ...(of === undefined ? {} : { changeSet: of }) };
  const details = useLoad(`${of}`, async () => {
    if (of === undefined) return { summary: "", evidence: undefined };
    const [change, evidence] = await Promise.all([
      here.client.getChangeSet(at),
      here.client.getEvidence(at).catch(nothing),
    ]);
    return { summary: change.summary, evidence };
  });
  const { summary, evidence } =
    details.load.kind === "ready" ? details.load.value : { summary: "", evidence: undefined };
  const verdicts = input.verdicts.filter(({ changeSetId }) => changeSetId === of);
  const search = of === undefined ? "" : `?changeSet=${encodeURIComponent(of)}`;
  const base = `/v1/organizations/${encodeURIComponent(at.org)}/tasks/${encodeURIComponent(at.task)}`;
  return [
    summary !== "" && h("p", { class: "text" }, prose(summary)),
    show(round, (diff) =>
      h(DiffView, {
        key: diff.digest,
        diff,
        marks: marksOf(diff, { plan, verdicts, evidence }),
        patch: { href: `${base}/patch${search}`, name: `issue-${task.issueNumber}.patch` },
        fetch: async (path) => (await here.client.getDiff({ ...at, path })).files[0]?.hunks ?? [],
      }),
    ),
    evidence !== undefined && h(Proof, { evidence }),
    h(Judgements, { verdicts }),
  ];
}

/** That nothing was run is an answer. */
function nothing(error: unknown): undefined {
  if (error instanceof ApiError && error.problem.status === 404) return undefined;
  throw error;
}
