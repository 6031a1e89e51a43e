import { ApiError } from "@aicd/sdk";
import { type ComponentChild, type ComponentChildren, h } from "preact";
import type { Load, Pages } from "./load.ts";
import { moment, STATES, type State, since } from "./words.ts";

type Children = { children?: ComponentChildren };

/** What happened and what to do about it, in the API's own words where it has some. */
export function Failure({ error, again }: { error: unknown; again?: () => void }): ComponentChild {
  const problem = error instanceof ApiError ? error.problem : undefined;
  const title = problem?.title ?? "The server cannot be reached";
  const detail = problem?.detail ?? "Check your connection and try again. Nothing of yours is lost.";
  const faults = problem?.errors ?? [];
  return h(
    "div",
    { class: "failure", role: "alert" },
    h("strong", null, title),
    h("p", null, detail),
    faults.length > 1 &&
      h("ul", null, ...faults.map((fault) => h("li", null, `${fault.pointer}: ${fault.detail}`))),
    again !== undefined && h("button", { type: "button", onClick: again }, "Try again"),
  );
}

export function Trouble({ error }: { error: unknown }): ComponentChild {
  return error === undefined ? null : h(Failure, { error });
}

/** What is loaded, or where it stands. The placeholder has about the size of what will come. */
export function show<T>(
  { load, again }: { load: Load<T>; again: () => void },
  view: (value: T) => ComponentChildren,
): ComponentChildren {
  if (load.kind === "loading") return h(Waiting, null);
  if (load.kind === "failed") return h(Failure, { error: load.error, again });
  return view(load.value);
}

function Waiting(): ComponentChild {
  const line = h("span", { class: "bone" });
  return h("div", { class: "waiting", role: "status", "aria-label": "Loading" }, line, line, line);
}

export function More({ pages }: { pages: Omit<Pages<unknown>, "set"> }): ComponentChild {
  const { load, busy, trouble, more } = pages;
  if (load.kind !== "ready") return null;
  return h(
    "div",
    { class: "more" },
    h(Trouble, { error: trouble }),
    load.value.next !== null &&
      h("button", { type: "button", disabled: busy, onClick: more }, busy ? "Loading …" : "Show more"),
  );
}

export function Head({ title, note, children }: { title: string; note?: string } & Children): ComponentChild {
  return h(
    "header",
    { class: "head" },
    h("div", null, h("h1", null, title), note !== undefined && h("p", { class: "quiet" }, note)),
    children,
  );
}

/** Nothing there yet: what it would be, and the next step. */
export function Empty({ title, children }: { title: string } & Children): ComponentChild {
  return h("div", { class: "empty" }, h("strong", null, title), h("p", null, children));
}

export function Badge({ state }: { state: State }): ComponentChild {
  const { label, tone } = STATES[state];
  return h("span", { class: `badge ${tone}` }, label);
}

export function Chip({ tone, children }: { tone: string } & Children): ComponentChild {
  return h("span", { class: `badge ${tone}` }, children);
}

export function Time({ at }: { at: string }): ComponentChild {
  return h("time", { dateTime: at, title: moment(at) }, since(at));
}

/**
 * Text of a model or a stranger. The one thing it may do is name code between backticks; all the rest of
 * Markdown stays what was typed.
 */
export function prose(text: string): ComponentChild[] {
  return text
    .split(/(`[^`\n]+`)/)
    .map((part) => (part.length > 2 && /^`.*`$/.test(part) ? h("code", null, part.slice(1, -1)) : part));
}

/** A link that leaves the dashboard. Only http(s) becomes one, whatever a stored address says. */
export function Out({ href, children }: { href: string } & Children): ComponentChild {
  if (!/^https?:\/\//i.test(href)) return h("span", null, children);
  return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, children);
}

export function Field({
  label,
  hint,
  children,
}: { label: string; hint?: string } & Children): ComponentChild {
  return h(
    "label",
    { class: "field" },
    h("span", null, label),
    children,
    hint !== undefined && h("small", { class: "quiet" }, hint),
  );
}

/** Hands on what was typed or chosen in a field. */
export function typed(set: (value: string) => void) {
  return ({ currentTarget: field }: Event): void => {
    if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) set(field.value);
  };
}

export type Column<T> = { title: string; cell: (row: T) => ComponentChildren; number?: true };

/** On a narrow screen each row stands as a card, with the titles beside the cells. */
export function Table<T>(input: {
  label: string;
  columns: Column<T>[];
  rows: T[];
  keyOf: (row: T) => string;
}): ComponentChild {
  const { label, columns, rows, keyOf } = input;
  const kind = ({ number }: Column<T>) => (number ? "number" : "");
  return h(
    "table",
    { "aria-label": label },
    h(
      "thead",
      null,
      h("tr", null, ...columns.map((column) => h("th", { scope: "col", class: kind(column) }, column.title))),
    ),
    h(
      "tbody",
      null,
      rows.map((row) =>
        h(
          "tr",
          { key: keyOf(row) },
          ...columns.map((column) =>
            h("td", { class: kind(column), "data-label": column.title }, h("div", null, column.cell(row))),
          ),
        ),
      ),
    ),
  );
}
