import { type ComponentChild, h } from "preact";

/** None chosen means all, which is what most keys need. */
export function Choices<T extends string>(input: {
  title: string;
  all: string;
  names: T[];
  chosen: T[];
  choose: (chosen: T[]) => void;
}): ComponentChild {
  const { title, all, names, chosen, choose } = input;
  const toggle = (name: T) =>
    choose(chosen.includes(name) ? chosen.filter((known) => known !== name) : [...chosen, name]);
  return h(
    "details",
    { class: "wide" },
    h("summary", null, `${title}: ${chosen.length === 0 ? all : `${chosen.length} chosen`}`),
    h(
      "div",
      { class: "scopes" },
      ...names.map((name) =>
        h(
          "label",
          { class: "check" },
          h("input", { type: "checkbox", checked: chosen.includes(name), onChange: () => toggle(name) }),
          h("code", null, name),
        ),
      ),
    ),
  );
}
