import type { Verdict } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { Chip, prose } from "../../../parts.ts";
import { sentence } from "../../../words.ts";

/** How critic and policy judged one change, in the order in which they spoke. */
export function Judgements({ verdicts }: { verdicts: readonly Verdict[] }): ComponentChild {
  if (verdicts.length === 0) return null;
  return [
    h("h3", null, "Judgements"),
    h(
      "ol",
      { class: "verdicts" },
      verdicts.map((verdict) => h(Judgement, { key: verdict.id, verdict })),
    ),
  ];
}

const GOOD = ["approved", "allowed"];

function Judgement({ verdict }: { verdict: Verdict }): ComponentChild {
  const { judge, kind, askedBy, summary, findings, by } = verdict;
  const tone = GOOD.includes(kind) ? "good" : kind === "overridden" ? "asks" : "bad";
  return h(
    "li",
    null,
    h(Chip, { tone }, `${sentence(judge)}: ${kind}`),
    askedBy === "server" && h("span", { class: "quiet" }, " (asked by the server, not by the runner)"),
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
