import type { Evidence, TestCounts } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { Chip, prose } from "../../../parts.ts";
import { count } from "../../../words.ts";

const STAGES = {
  setup: "Setup",
  before: "Before",
  reproduction: "Tests without the change",
  after: "After",
} as const;
type Changes = NonNullable<Evidence["testChanges"]>;
/** What a change may do to a test, with the most telling first, and whether somebody should look at it. */
const EFFECTS = {
  broken: { label: "Broken", tone: "bad", open: true },
  failing: { label: "Still failing", tone: "asks", open: true },
  gone: { label: "Not run any more", tone: "asks", open: true },
  fixed: { label: "Fixed", tone: "good", open: true },
  added: { label: "New, and passing", tone: "good", open: false },
} as const satisfies Record<keyof Changes, { label: string; tone: string; open: boolean }>;

/** What machines ran to prove a change, and what it did to each test. */
export function Proof({ evidence }: { evidence: Evidence }): ComponentChild {
  const { commands, tests, testChanges, weakened, sandbox } = evidence;
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
    testChanges !== null && h(Tests, { changes: testChanges }),
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

function Tests({ changes }: { changes: Changes }): ComponentChild {
  const kinds = (Object.keys(EFFECTS) as (keyof Changes)[]).filter(
    (kind) => (changes[kind] ?? []).length > 0,
  );
  if (kinds.length === 0) return null;
  return [
    h("h3", null, "Test by test"),
    kinds.map((kind) => {
      const { label, tone, open } = EFFECTS[kind];
      const names = changes[kind] ?? [];
      return h(
        "details",
        { key: kind, open },
        h("summary", null, h(Chip, { tone }, label), " ", count(names.length, "test")),
        h(
          "ul",
          null,
          names.map((name) => h("li", { class: "text" }, name)),
        ),
      );
    }),
  ];
}
