import type { Diff } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { useState } from "preact/hooks";
import { count } from "../../../words.ts";
import { FileCard } from "./file.ts";
import type { Layout } from "./lines.ts";
import type { Marks } from "./marks.ts";
import { type Hunk, openedFirst } from "./rows.ts";

const LAYOUT = "aicd:diff";

/** What a change does to each file. All of it is a model's, and stays text. */
export function DiffView(input: {
  diff: Diff;
  marks: ReadonlyMap<string, Marks>;
  patch: { href: string; name: string };
  fetch: (path: string) => Promise<Hunk[]>;
}): ComponentChild {
  const { diff, marks, patch, fetch } = input;
  const { files } = diff;
  const [layout, setLayout] = useState<Layout>(() =>
    localStorage.getItem(LAYOUT) === "split" ? "split" : "unified",
  );
  const [touched, setTouched] = useState<ReadonlyMap<string, boolean>>(new Map());
  const first = openedFirst(files);
  const choose = (next: Layout) => {
    localStorage.setItem(LAYOUT, next);
    setLayout(next);
  };
  const isOpen = (path: string) => touched.get(path) ?? first.has(path);
  const sum = (name: "additions" | "deletions") => files.reduce((all, file) => all + file[name], 0);
  return [
    h(
      "div",
      { class: "diff-bar" },
      h("h3", null, count(files.length, "file")),
      h("span", { class: "counts" }, `+${sum("additions")} −${sum("deletions")}`),
      h("span", { class: "grow" }),
      h(
        "div",
        { class: "choice", role: "group", "aria-label": "Layout of the diff" },
        ...(["unified", "split"] as const).map((name) =>
          h(
            "button",
            { type: "button", "aria-pressed": layout === name, onClick: () => choose(name) },
            name === "unified" ? "Unified" : "Split",
          ),
        ),
      ),
      h(
        "button",
        { type: "button", onClick: () => setTouched(new Map(files.map(({ path }) => [path, false]))) },
        "Fold all",
      ),
      h("a", { class: "button", href: patch.href, download: patch.name }, "Patch"),
    ),
    files.map((file) =>
      h(FileCard, {
        key: `${diff.digest} ${file.path}`,
        file,
        layout,
        fetch,
        marks: marks.get(file.path),
        open: isOpen(file.path),
        toggle: () => setTouched(new Map(touched).set(file.path, !isOpen(file.path))),
      }),
    ),
  ];
}
