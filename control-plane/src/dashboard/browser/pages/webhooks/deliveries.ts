import type { WebhookDelivery, WebhookEndpoint } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { useAction, usePages } from "../../load.ts";
import { Chip, Empty, More, show, Time, Trouble } from "../../parts.ts";
import { say } from "../../say.ts";
import type { Here } from "../../session.ts";
import { count, entryOf, sentence } from "../../words.ts";
import { TYPES_IN_WORDS } from "./types.ts";

const TONES = { delivered: "good", pending: "busy", failed: "bad" } as const;

/** The log of an endpoint, newest first: what was sent, what was answered, and sending it again. */
export function Deliveries({ here, endpoint }: { here: Here; endpoint: WebhookEndpoint }): ComponentChild {
  const at = { org: here.org.id, endpoint: endpoint.id };
  const pages = usePages(endpoint.id, (cursor) =>
    here.client.listWebhookDeliveries({ ...at, ...(cursor === undefined ? {} : { cursor }) }),
  );
  const redeliver = useAction(async (event: string) => {
    await here.client.redeliverWebhook({ ...at, event });
    say("It is sent again.");
    pages.again();
  });
  const again = here.may("webhook.write") && endpoint.enabled ? redeliver.run : undefined;
  return h(
    "section",
    { class: "card", "aria-labelledby": "deliveries" },
    h(
      "div",
      { class: "split" },
      h("h2", { id: "deliveries" }, "Deliveries of seven days"),
      h("button", { type: "button", class: "plain", onClick: pages.again }, "Read again"),
    ),
    h(Trouble, { error: redeliver.error }),
    show(pages, ({ items }) =>
      items.length === 0
        ? h(Empty, { title: "Nothing was sent yet" }, "Send a test, or wait until a task moves.")
        : h(
            "ul",
            { class: "runs" },
            items.map((delivery) => h(Delivery, { key: delivery.event, delivery, again })),
          ),
    ),
    h(More, { pages }),
  );
}

function Delivery(input: {
  delivery: WebhookDelivery;
  again: ((event: string) => void) | undefined;
}): ComponentChild {
  const { delivery, again } = input;
  const { event, type, state, tries, createdAt, nextTryAt, answer, error, body } = delivery;
  const words = entryOf(TYPES_IN_WORDS, type) ?? sentence(type);
  return h(
    "li",
    { class: "delivery" },
    h(
      "details",
      null,
      h(
        "summary",
        null,
        h(Chip, { tone: TONES[state] }, sentence(state)),
        ` ${words} `,
        h(
          "span",
          { class: "quiet" },
          `${answerOf(delivery)}, ${count(tries, "send")}, `,
          h(Time, { at: createdAt }),
        ),
      ),
      nextTryAt !== null &&
        tries > 0 &&
        h("p", { class: "quiet" }, "Tried again ", h(Time, { at: nextTryAt }), "."),
      error !== null && h("p", { class: "text" }, error),
      answer !== null && answer !== "" && [h("h3", null, "Answer"), h("pre", { class: "text" }, answer)],
      h("h3", null, "Sent as ", h("code", { class: "text" }, event)),
      h("pre", { class: "text" }, body),
    ),
    again !== undefined &&
      state !== "pending" &&
      h(
        "button",
        {
          type: "button",
          "data-permission": "webhook.write",
          "aria-label": `Send again: ${words}`,
          onClick: () => again(event),
        },
        "Send again",
      ),
  );
}

function answerOf({ status, tries }: WebhookDelivery): string {
  if (tries === 0) return "not sent yet";
  return status === null ? "no answer" : `answered ${status}`;
}
