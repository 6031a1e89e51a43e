import { ApiError, type ChangeSet, type Evidence, type Task, type TestCounts, type Verdict } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { useLoad } from "../../load.ts";
import { Chip, prose, show } from "../../parts.ts";
import type { Here } from "../../session.ts";
import { count, sentence } from "../../words.ts";

const STAGES = {
  setup: "Setup",
  before: "Before",
  reproduction: "Tests without the change",
  after: "After",
} as const;
const VERDICTS = 10;

/** What was written, what machines ran to prove it, and how critic and policy judged it. */
export function Proof({ here, task }: { here: Here; task: Task }): ComponentChild {
  const at = { org: here.org.id, task: task.id };
  const loaded = useLoad(`${task.id} ${task.state} ${task.headSha ?? ""}`, async () => {
    const change = await here.client.getChangeSet(at).catch(nothing);
    if (change === undefined) return undefined;
    const [evidence, verdicts] = await Promise.all([
      here.client.getEvidence(at).catch(nothing),
      here.client.listVerdicts({ ...at, limit: VERDICTS }),
    ]);
    return { change, evidence, verdicts: verdicts.items };
  });
  // Before there is a change there is nothing to wait for.
  if (loaded.load.kind === "loading") return null;
  return show(loaded, (found) => {
    if (found === undefined) return null;
    const { change, evidence, verdicts } = found;
    return h(
      "section",
      { class: "card plan", "aria-labelledby": "change" },
      h("h2", { id: "change" }, "Change ", h("code", null, change.digest.slice(0, 12))),
      h("p", null, h("strong", null, prose(change.title))),
      h("p", { class: "text" }, prose(change.summary)),
      h(Files, { change }),
      evidence !== undefined && h(Commands, { evidence }),
      verdicts.length > 0 && [
        h("h3", null, "Judgements"),
        h(
          "ul",
          { class: "verdicts" },
          verdicts.map((verdict) => h(Judgement, { key: verdict.id, verdict })),
        ),
      ],
    );
  });
}

/** That there is no change yet is an answer. */
function nothing(error: unknown): undefined {
  if (error instanceof ApiError && error.problem.status === 404) return undefined;
  throw error;
}

function Files({ change }: { change: ChangeSet }): ComponentChild {
  const kindOf = ({ kind, isNew }: ChangeSet["files"][number]) =>
    kind === "delete" ? "deleted" : isNew ? "new" : "changed";
  return [
    h("h3", null, count(change.files.length, "file")),
    h(
      "ul",
      null,
      change.files.map((file) =>
        h(
          "li",
          { key: file.path },
          h("code", null, file.path),
          h("span", { class: "quiet" }, ` ${kindOf(file)}`),
        ),
      ),
    ),
  ];
}

function Commands({ evidence }: { evidence: Evidence }): ComponentChild {
  const { commands, tests, testChanges, weakened, sandbox } = evidence;
  const changes =
    testChanges === null ? [] : Object.entries(testChanges).filter(([, names]) => names.length > 0);
  return [
    h("h3", null, "Proof, as the runner reports it"),
    h("p", null, `Tests before: ${told(tests.before)}. After: ${told(tests.after)}.`),
    weakened.length > 0 &&
      h(
        "div",
        { class: "notice" },
        h("strong", null, "Tests or checks that the change weakens"),
        h(
          "ul",
          null,
          ...weakened.map(({ path, what }) => h("li", null, h("code", null, path), " ", prose(what))),
        ),
      ),
    h(
      "ul",
      { class: "runs" },
      ...commands.map(({ stage, command, exitCode, durationMs, tests: counts, outputTail }) =>
        h(
          "li",
          null,
          h(
            "details",
            null,
            h(
              "summary",
              null,
              h(Chip, { tone: toneOf(stage, exitCode) }, exitCode === null ? "stopped" : `exit ${exitCode}`),
              ` ${STAGES[stage]}: `,
              h("code", null, command),
              h(
                "span",
                { class: "quiet" },
                ` ${(durationMs / 1_000).toFixed(1)} s${counts === null ? "" : `, ${told(counts)}`}`,
              ),
            ),
            h("pre", { class: "text" }, outputTail || "No output."),
          ),
        ),
      ),
    ),
    ...changes.map(([kind, names]) =>
      h(
        "details",
        null,
        h("summary", null, `${sentence(kind)}: ${count(names.length, "test")}`),
        h("ul", null, ...names.map((name) => h("li", null, name))),
      ),
    ),
    h("p", { class: "quiet" }, `Run by our runner, shut in by ${sandbox}; nothing here is the model's word.`),
  ];
}

/** New tests without the change have to fail; red there is what it should be. */
function toneOf(stage: keyof typeof STAGES, exitCode: number | null): string {
  if (stage === "before") return "idle";
  const passed = exitCode === 0;
  return passed === (stage !== "reproduction") ? "good" : "bad";
}

function told(counts: TestCounts | null): string {
  if (counts === null) return "not counted";
  const { passed, failed, skipped } = counts;
  return [`${passed} passed`, `${failed} failed`, ...(skipped > 0 ? [`${skipped} skipped`] : [])].join(", ");
}

const GOOD = ["approved", "allowed"];

function Judgement({ verdict }: { verdict: Verdict }): ComponentChild {
  const { judge, kind, summary, findings, by } = verdict;
  const tone = GOOD.includes(kind) ? "good" : kind === "overridden" ? "asks" : "bad";
  return h(
    "li",
    null,
    h(Chip, { tone }, `${sentence(judge)}: ${kind}`),
    by !== null && ` by ${by.login}`,
    summary !== null && h("p", { class: "text" }, prose(summary)),
    findings.length > 0 &&
      h(
        "ul",
        null,
        ...findings.map(({ path, line, why, wanted, rule }) =>
          h(
            "li",
            null,
            path !== null && h("code", null, line === null ? path : `${path}:${line}`),
            " ",
            h("span", { class: "text" }, prose(why)),
            wanted !== null && h("span", { class: "quiet text" }, " Wanted: ", prose(wanted)),
            rule !== null && h("span", { class: "quiet" }, ` (${rule})`),
          ),
        ),
      ),
  );
}
