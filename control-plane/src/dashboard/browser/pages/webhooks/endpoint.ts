import type { NewWebhookEndpoint, WebhookEndpoint } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { useState } from "preact/hooks";
import { useAction, useLoad } from "../../load.ts";
import { Head, show, Trouble } from "../../parts.ts";
import { addressOf, go } from "../../router.ts";
import { say } from "../../say.ts";
import type { Here } from "../../session.ts";
import { sentence } from "../../words.ts";
import { ShownOnce } from "../shown-once.ts";
import { Deliveries } from "./deliveries.ts";
import { EndpointForm, type EndpointWish } from "./endpoint-form.ts";
import { EndpointState, hostOf, SECRET_NOTE } from "./look.ts";

/** One endpoint: what it is told, what became of that, and what can be done. */
export function EndpointPage({ here, id }: { here: Here; id: string }): ComponentChild {
  const { client, org } = here;
  const at = { org: org.id, endpoint: id };
  const loaded = useLoad(id, () => client.getWebhookEndpoint(at));
  const [made, setMade] = useState<NewWebhookEndpoint>();
  const [told, setTold] = useState(0);
  return h(
    "div",
    null,
    h("p", { class: "quiet" }, h("a", { href: addressOf(org.login, "webhooks") }, "← Webhooks")),
    show(loaded, (endpoint) => [
      h(
        Head,
        {
          title: hostOf(endpoint.url),
          note: endpoint.description || "Outbound webhooks of this organisation.",
        },
        h(EndpointState, { endpoint }),
      ),
      made !== undefined &&
        h(ShownOnce, {
          ...{ what: "signing secret", name: "the new secret", secret: made.secret, note: SECRET_NOTE },
          close: () => setMade(undefined),
        }),
      endpoint.disabledReason !== null && h("p", { class: "notice" }, endpoint.disabledReason),
      h(Facts, { endpoint }),
      here.may("webhook.write") &&
        h(Changes, { here, endpoint, rotated: setMade, again: loaded.again, told: () => setTold(told + 1) }),
      h(Deliveries, { key: told, here, endpoint }),
    ]),
  );
}

function Facts({ endpoint }: { endpoint: WebhookEndpoint }): ComponentChild {
  const { url, types, repositories, createdBy } = endpoint;
  const rows = [
    ["Address", h("code", { class: "text" }, url)],
    ["Events", types.length === 0 ? "All, also what comes later" : types.join(", ")],
    ["Repositories", repositories === null ? "All" : `${repositories.length} of them`],
    ["Added by", createdBy.login],
  ] as const;
  return h(
    "section",
    { class: "card", "aria-label": "What it is told" },
    h(
      "dl",
      null,
      rows.flatMap(([name, value]) => [h("dt", null, name), h("dd", null, value)]),
    ),
  );
}

type Verb = "turn" | "test" | "rotate" | "remove";

function Changes(input: {
  here: Here;
  endpoint: WebhookEndpoint;
  rotated: (made: NewWebhookEndpoint) => void;
  again: () => void;
  told: () => void;
}): ComponentChild {
  const { here, endpoint, again } = input;
  const [edited, setEdited] = useState(false);
  const [asked, setAsked] = useState<"rotate" | "remove">();
  const action = useAction(async (verb: Verb) => {
    await change(input, verb);
    setAsked(undefined);
  });
  const button = (label: string, kind: string, onClick: () => void) =>
    h("button", { type: "button", class: kind, disabled: action.busy, onClick }, label);
  return h(
    "section",
    { "aria-label": "Change the endpoint", "data-permission": "webhook.write" },
    asked !== undefined && h("p", { class: "notice" }, CONSEQUENCES[asked]),
    h(Trouble, { error: action.error }),
    edited &&
      h(EndpointForm, {
        ...{ here, title: "What it is told", button: "Save", known: endpoint },
        send: async (wish) => {
          const body = changedOf(endpoint, wish);
          await here.client.updateWebhookEndpoint({ org: here.org.id, endpoint: endpoint.id, body });
          setEdited(false);
          say("Saved. What happens from now on goes by it.");
          again();
        },
        back: () => setEdited(false),
      }),
    h(
      "div",
      { class: "actions" },
      asked === undefined && [
        !edited && button("Edit …", "", () => setEdited(true)),
        button(endpoint.enabled ? "Switch off" : "Switch on", "", () => action.run("turn")),
        button("Send a test", "", () => action.run("test")),
        button("Rotate secret …", "", () => setAsked("rotate")),
        button("Remove …", "danger", () => setAsked("remove")),
      ],
      asked !== undefined && [
        button(`${sentence(asked)} it`, asked === "remove" ? "danger" : "primary", () => action.run(asked)),
        button("Back", "", () => setAsked(undefined)),
      ],
    ),
  );
}

/** What differs, and nothing else: the audit log says what a person changed. */
function changedOf(endpoint: WebhookEndpoint, wish: EndpointWish): Partial<EndpointWish> {
  const known: Record<string, unknown> = { ...endpoint };
  const differs = ([name, value]: [string, unknown]) => JSON.stringify(known[name]) !== JSON.stringify(value);
  return Object.fromEntries(Object.entries(wish).filter(differs));
}

const CONSEQUENCES = {
  rotate: "A new secret follows. For a day events carry a signature of each, so that nothing stops.",
  remove: "Its log and what still waits for it go with it.",
};

async function change(input: Parameters<typeof Changes>[0], verb: Verb): Promise<void> {
  const { here, endpoint, rotated, again, told } = input;
  const at = { org: here.org.id, endpoint: endpoint.id };
  switch (verb) {
    case "turn":
      await here.client.updateWebhookEndpoint({ ...at, body: { enabled: !endpoint.enabled } });
      say(endpoint.enabled ? "Off. What happens is kept for it." : "On. What waited is sent now.");
      return again();
    case "test":
      await here.client.testWebhookEndpoint(at);
      say("A test event is on its way.");
      return told();
    case "rotate":
      rotated(await here.client.rotateWebhookSecret(at));
      return again();
    case "remove":
      await here.client.deleteWebhookEndpoint(at);
      say(`${hostOf(endpoint.url)} is removed.`);
      return go(addressOf(here.org.login, "webhooks"));
  }
}
