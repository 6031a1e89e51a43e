import type { Event as Fact } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { useState } from "preact/hooks";
import { prose } from "../../parts.ts";
import { clock, count, moment } from "../../words.ts";
import { type Told, tell } from "./facts.ts";

/** Every step of an agent is an event; a page shows the last ones. */
const SHOWN = 300;

/** What happened, newest first, as it happens. The agent's single steps are there for who wants them. */
export function Timeline({ facts }: { facts: Fact[] }): ComponentChild {
  const [steps, setSteps] = useState(false);
  const all = facts
    .map((fact) => ({ fact, told: tell(fact) }))
    .sort((a, b) => (a.fact.id < b.fact.id ? 1 : -1));
  const minor = all.filter(({ told }) => told.minor).length;
  const shown = all.filter(({ told }) => steps || !told.minor).slice(0, SHOWN);
  return h(
    "section",
    { class: "card", "aria-labelledby": "timeline" },
    h(
      "div",
      { class: "split" },
      h("h2", { id: "timeline" }, "Timeline"),
      minor > 0 &&
        h(
          "label",
          { class: "check quiet" },
          h("input", { type: "checkbox", checked: steps, onChange: () => setSteps(!steps) }),
          count(minor, "single step"),
        ),
    ),
    shown.length === 0
      ? h("p", { class: "quiet" }, "Waiting for the first event …")
      : h(
          "ol",
          { class: "timeline" },
          shown.map(({ fact, told }) => h(Line, { key: fact.id, fact, told })),
        ),
  );
}

function Line({ fact, told }: { fact: Fact; told: Told }): ComponentChild {
  const { text, detail, tone, minor } = told;
  return h(
    "li",
    { class: `${tone}${minor ? " minor" : ""}` },
    h(
      "span",
      null,
      text,
      detail !== undefined && detail !== "" && h("span", { class: "quiet text" }, " ", prose(detail)),
    ),
    h("time", { dateTime: fact.at, title: moment(fact.at), class: "quiet" }, clock(fact.at)),
  );
}
