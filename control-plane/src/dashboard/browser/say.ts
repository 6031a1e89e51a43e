import { type ComponentChild, h } from "preact";
import { useEffect, useState } from "preact/hooks";

const SAID = "aicd:said";
const SHOWN_MS = 6_000;

/** Tells what was done, on the screen and to whoever listens to it instead. */
export function say(text: string): void {
  dispatchEvent(new CustomEvent(SAID, { detail: text }));
}

/** There from the start and empty: only what is put into a live region is read out. */
export function Sayings(): ComponentChild {
  const [text, setText] = useState("");
  useEffect(() => {
    let timer = 0;
    const hear = (event: Event) => {
      clearTimeout(timer);
      setText(event instanceof CustomEvent ? String(event.detail) : "");
      timer = setTimeout(() => setText(""), SHOWN_MS);
    };
    addEventListener(SAID, hear);
    return () => {
      clearTimeout(timer);
      removeEventListener(SAID, hear);
    };
  }, []);
  return h(
    "div",
    { class: "sayings", role: "status", "aria-live": "polite" },
    text !== "" && h("p", null, text),
  );
}
