import type { NewWebhookEndpoint, WebhookEndpoint } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { useState } from "preact/hooks";
import { useLoad } from "../../load.ts";
import { Empty, Head, show, Table, Time } from "../../parts.ts";
import { addressOf, type Route } from "../../router.ts";
import type { Here } from "../../session.ts";
import { count } from "../../words.ts";
import { ShownOnce } from "../shown-once.ts";
import { EndpointPage } from "./endpoint.ts";
import { EndpointForm } from "./endpoint-form.ts";
import { EndpointState, hostOf, SECRET_NOTE } from "./look.ts";

export function WebhooksPage({ here, route }: { here: Here; route: Route }): ComponentChild {
  if (route.id !== undefined) return h(EndpointPage, { key: route.id, here, id: route.id });
  return h(Endpoints, { here });
}

function Endpoints({ here }: { here: Here }): ComponentChild {
  const { client, org } = here;
  const loaded = useLoad(org.id, () => client.listWebhookEndpoints({ org: org.id }));
  const [made, setMade] = useState<NewWebhookEndpoint>();
  const present = (endpoint: NewWebhookEndpoint) => {
    setMade(endpoint);
    loaded.again();
  };
  return h(
    "div",
    null,
    h(Head, {
      title: "Webhooks",
      note: "Systems of yours are told what happens to tasks, in order and signed.",
    }),
    made !== undefined &&
      h(ShownOnce, {
        ...{ what: "signing secret", name: `the secret of ${hostOf(made.url)}`, secret: made.secret },
        ...{ note: SECRET_NOTE, close: () => setMade(undefined) },
      }),
    here.may("webhook.write") &&
      made === undefined &&
      h(EndpointForm, {
        ...{ here, title: "New endpoint", button: "Add endpoint" },
        send: async (body) => present(await client.createWebhookEndpoint({ org: org.id, body })),
      }),
    h(
      "section",
      { "aria-label": "Endpoints" },
      show(loaded, ({ items }) =>
        items.length === 0
          ? h(
              Empty,
              { title: "No endpoint yet" },
              "Name an address, and events are posted to it from then on.",
            )
          : h(Table<WebhookEndpoint>, {
              label: "Endpoints",
              rows: items,
              keyOf: ({ id }) => id,
              columns: columnsFor(here),
            }),
      ),
    ),
  );
}

function columnsFor({ org }: Here) {
  return [
    {
      title: "Address",
      cell: ({ id, url, description }: WebhookEndpoint) => [
        h("a", { href: addressOf(org.login, "webhooks", id) }, hostOf(url)),
        description !== "" && h("span", { class: "quiet text" }, ` ${description}`),
      ],
    },
    {
      title: "Hears of",
      cell: ({ types, repositories }: WebhookEndpoint) =>
        `${types.length === 0 ? "everything" : count(types.length, "kind of event")}${repositories === null ? "" : `, ${repositories.length} of the repositories`}`,
    },
    {
      title: "Took the last",
      cell: ({ lastDeliveredAt }: WebhookEndpoint) =>
        lastDeliveredAt === null ? "never" : h(Time, { at: lastDeliveredAt }),
    },
    { title: "State", cell: (endpoint: WebhookEndpoint) => h(EndpointState, { endpoint }) },
  ];
}
