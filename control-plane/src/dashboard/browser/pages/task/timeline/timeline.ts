import type { Event as Fact, Task } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { useReducer, useState } from "preact/hooks";
import { useFrames, useLive, useSoon } from "../../../live.ts";
import type { Here } from "../../../session.ts";
import { AttemptBlock } from "./attempt.ts";
import { BlockFacts } from "./block.ts";
import { type History, openHistory, record, withAll } from "./history.ts";

/** Several facts of one moment are one reason to read the task again. */
const SETTLE_MS = 250;
/** Steps of an agent only move what was spent. */
const STEPS_SETTLE_MS = 2_000;

/**
 * What happened, newest first, as it happens: attempt by attempt, and what people did between. Only this part
 * of the page is drawn anew for a fact; `moved` says that the task is to be read again.
 */
export function Timeline(input: { here: Here; task: Task; moved: () => void }): ComponentChild {
  const { here, task, moved } = input;
  const history = useHistory(here, task.id, moved);
  const blocks = withAll(history.blocks, task.attempts).reverse();
  const newest = blocks.find(({ attemptId }) => attemptId !== null);
  return h(
    "section",
    { class: "card", "aria-labelledby": "timeline" },
    h("h2", { id: "timeline" }, "Timeline"),
    blocks.length === 0 && h("p", { class: "quiet" }, "Waiting for the first event …"),
    blocks.map((block) => {
      const attempt = task.attempts.find(({ id }) => id === block.attemptId);
      const key = block.attemptId ?? block.lines[0]?.id ?? "";
      const facts = h(BlockFacts, { block });
      return attempt === undefined
        ? h("div", { key, class: "between" }, facts)
        : h(AttemptBlock, { key, attempt, task, isOpen: block === newest }, facts);
    }),
  );
}

function useHistory({ client, org }: Here, task: string, moved: () => void): History {
  const [history] = useState(openHistory);
  const [, redraw] = useReducer((times: number) => times + 1, 0);
  const again = useSoon(moved);
  const hear = useFrames<Fact>((facts) => {
    const told = record(history, facts);
    redraw(undefined);
    again(told.every(({ minor }) => minor) ? STEPS_SETTLE_MS : SETTLE_MS);
  });
  useLive<Fact>(task, (signal) => client.streamEvents({ org: org.id, task }, { signal }), hear);
  return history;
}
