import { type ComponentChild, h } from "preact";
import { useAction } from "../load.ts";
import { say } from "../say.ts";

/** The only moment at which anybody sees a secret. `secret` null: the answer was repeated, and has it no more. */
export function ShownOnce(input: {
  what: "key" | "signing secret";
  name: string;
  secret: string | null;
  note: string;
  close: () => void;
}): ComponentChild {
  const { what, name, secret, note, close } = input;
  const copy = useAction(async () => {
    await navigator.clipboard.writeText(secret ?? "");
    say("Copied.");
  });
  return h(
    "section",
    { class: "notice", "aria-label": `New ${what}` },
    h("strong", null, `Copy ${name} now`),
    h(
      "p",
      null,
      secret === null
        ? `The answer was repeated, and a ${what} is shown only once. Rotate it to get another.`
        : note,
    ),
    secret !== null && h("pre", { class: "secret" }, secret),
    h(
      "div",
      { class: "actions" },
      secret !== null &&
        h("button", { type: "button", class: "primary", onClick: () => copy.run(undefined) }, "Copy"),
      h("button", { type: "button", onClick: close }, "I have it"),
    ),
    copy.error !== undefined &&
      h(
        "p",
        { role: "alert" },
        `The browser does not let the page copy. Select the ${what} and copy it yourself.`,
      ),
  );
}
