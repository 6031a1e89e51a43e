import type { Repository } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useLoad } from "../../load.ts";
import { Field, typed } from "../../parts.ts";
import { refine } from "../../router.ts";
import type { Here } from "../../session.ts";
import { STATES } from "../../words.ts";
import { STATE_GROUPS } from "../filters.ts";

/** The filters are the address, so that a view can be sent to somebody. */
export function FilterBar({ here, search }: { here: Here; search: URLSearchParams }): ComponentChild {
  const { client, org } = here;
  const repositories = useLoad(org.id, () => client.listRepositories({ org: org.id, limit: 100 }));
  const found: Repository[] = repositories.load.kind === "ready" ? repositories.load.value.items : [];
  return h(
    "form",
    {
      class: "filters",
      role: "search",
      "aria-label": "Filter tasks",
      onSubmit: (event: Event) => event.preventDefault(),
    },
    h(Search, { search, label: "Search", name: "text", placeholder: "Title or number of the issue" }),
    h(StateField, { search }),
    h(
      Field,
      { label: "Repository" },
      h(
        "select",
        { value: search.get("repository") ?? "", onChange: setterOf(search, "repository") },
        h("option", { value: "" }, "All"),
        ...found.map(({ id, owner, name }) => h("option", { value: id }, `${owner}/${name}`)),
      ),
    ),
    h(Search, { search, label: "Author", name: "author", placeholder: "GitHub login" }),
  );
}

function StateField({ search }: { search: URLSearchParams }): ComponentChild {
  return h(
    Field,
    { label: "State" },
    h(
      "select",
      { value: search.get("state") ?? "", onChange: setterOf(search, "state") },
      h("option", { value: "" }, "All"),
      ...Object.keys(STATE_GROUPS).map((name) => h("option", { value: name }, name)),
      h(
        "optgroup",
        { label: "One state" },
        ...Object.entries(STATES).map(([state, { label }]) => h("option", { value: state }, label)),
      ),
    ),
  );
}

function Search(input: {
  search: URLSearchParams;
  label: string;
  name: string;
  placeholder: string;
}): ComponentChild {
  const { search, label, name, placeholder } = input;
  const chosen = search.get(name) ?? "";
  // The list is drawn anew while somebody types; what they have so far stays theirs.
  const [text, setText] = useState(chosen);
  useEffect(() => setText(chosen), [chosen]);
  return h(
    Field,
    { label },
    h("input", {
      type: "search",
      value: text,
      placeholder,
      onInput: typed(setText),
      onChange: setterOf(search, name),
      autoComplete: "off",
      spellcheck: false,
    }),
  );
}

function setterOf(search: URLSearchParams, name: string) {
  return (event: Event) => {
    const field = event.currentTarget;
    if (!(field instanceof HTMLSelectElement || field instanceof HTMLInputElement)) return;
    const next = new URLSearchParams(search);
    if (field.value.trim() === "") next.delete(name);
    else next.set(name, field.value.trim());
    refine(next);
  };
}
