import { h, render } from "preact";
import { Dashboard } from "./dashboard.ts";
import { Failure } from "./parts.ts";
import { openSession } from "./session.ts";

const root = document.getElementById("app");
if (root !== null) await start(root);

/** Who is there is asked once; everything after that is the API's business. */
async function start(into: HTMLElement): Promise<void> {
  try {
    const session = await openSession();
    into.replaceChildren();
    render(h(Dashboard, { session }), into);
  } catch (error) {
    into.replaceChildren();
    render(h("main", { class: "boot" }, h(Failure, { error, again: () => location.reload() })), into);
  }
}
