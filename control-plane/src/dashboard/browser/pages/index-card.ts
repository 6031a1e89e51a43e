import type { Repository } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { useEffect } from "preact/hooks";
import { useAction } from "../load.ts";
import { Chip, Time, Trouble } from "../parts.ts";
import { say } from "../say.ts";
import type { Here } from "../session.ts";

const LOOK_MS = 2_000;
const STANDS = {
  none: { label: "Not yet", tone: "idle" },
  queued: { label: "Queued", tone: "busy" },
  indexing: { label: "At work", tone: "busy" },
  ready: { label: "Ready", tone: "good" },
  failed: { label: "Failed", tone: "bad" },
} as const satisfies Record<Repository["index"]["state"], { label: string; tone: string }>;

type Input = { here: Here; repository: Repository; done: (next: Repository) => void; again: () => void };

/** What runners search: where it stands, and the button that makes it anew. */
export function IndexCard({ here, repository, done, again }: Input): ComponentChild {
  const { index, id } = repository;
  const { state, commit, files, passages, indexedAt, failure } = index;
  const busy = state === "queued" || state === "indexing";
  useEffect(() => {
    if (!busy) return undefined;
    const timer = setInterval(again, LOOK_MS);
    return () => clearInterval(timer);
  }, [busy]);
  const rebuild = useAction(async () => {
    const next = await here.client.indexRepository({ org: here.org.id, repository: id });
    say("The index is made anew.");
    done({ ...repository, index: next });
  });
  const { label, tone } = STANDS[state];
  const rows: [string, ComponentChild][] = [
    ["Commit", commit === null ? "none yet" : h("code", null, commit.slice(0, 12))],
    ["Files", files === null ? "–" : files.toLocaleString("en-US")],
    ["Passages", passages === null ? "–" : passages.toLocaleString("en-US")],
    ["Made", indexedAt === null ? "never" : h(Time, { at: indexedAt })],
  ];
  return h(
    "section",
    { class: "card", "aria-label": "Code index" },
    h("div", { class: "split" }, h("h2", null, "Code index"), h(Chip, { tone }, label)),
    h("p", { class: "quiet" }, "Made with the repository's first task, and again with each push."),
    failure !== null && h("p", { class: "notice" }, failure),
    h("dl", null, ...rows.flatMap(([name, value]) => [h("dt", null, name), h("dd", null, value)])),
    h(Trouble, { error: rebuild.error }),
    here.may("repository.write") &&
      h(
        "p",
        { "data-permission": "repository.write" },
        h(
          "button",
          { type: "button", disabled: rebuild.busy || busy, onClick: () => rebuild.run(undefined) },
          "Rebuild",
        ),
      ),
  );
}
