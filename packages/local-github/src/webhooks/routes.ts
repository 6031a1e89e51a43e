import { appRoute } from "../http/door.ts";
import { GitHubError, notFound } from "../http/errors.ts";
import { ok, type Route } from "../http/route.ts";
import type { App } from "../world/app.ts";
import type { World } from "../world/world.ts";
import { deliver } from "./deliver.ts";
import type { Delivery } from "./delivery.ts";

const DEFAULT_PAGE = 30;
const LARGEST_PAGE = 100;

export const deliveryRoutes: Route[] = [
  appRoute("get", "/app/hook/config", (call) => ok(hookConfig(call.app))),
  appRoute("patch", "/app/hook/config", (call) => {
    if (call.body.url) call.app.webhookUrl = call.body.url;
    if (call.body.secret) call.app.webhookSecret = call.body.secret;
    return {
      status: 200,
      body: hookConfig(call.app),
      effect: `pointed the webhook of ${call.app.slug} elsewhere`,
    };
  }),
  appRoute("get", "/app/hook/deliveries", (call) => {
    const size = Math.min(call.query.per_page ?? DEFAULT_PAGE, LARGEST_PAGE);
    const before =
      call.query.cursor === undefined
        ? Number.POSITIVE_INFINITY
        : Number(call.query.cursor.replace(/^v1_/, ""));
    const { status } = call.query;
    const mine = call.world.deliveries
      .filter((each) => each.appId === call.app.id && each.id < before)
      .filter((each) => !status || succeeded(each) === (status === "success"))
      .reverse();
    const page = mine.slice(0, size);
    const last = page.at(-1);
    const headers: Record<string, string> = {};
    if (last && mine.length > size) {
      const next = new URL(call.url, call.world.url);
      next.searchParams.set("cursor", `v1_${last.id}`);
      headers.link = `<${next.href}>; rel="next"`;
    }
    return ok(page.map(itemShape), headers);
  }),
  appRoute("get", "/app/hook/deliveries/{delivery_id}", (call) => {
    const delivery = ownDelivery(call.world, call.app, call.params.delivery_id);
    return ok({
      ...itemShape(delivery),
      url: delivery.url,
      request: { headers: delivery.requestHeaders, payload: JSON.parse(delivery.payload) },
      response: { headers: delivery.responseHeaders, payload: delivery.responseBody },
    });
  }),
  appRoute("post", "/app/hook/deliveries/{delivery_id}/attempts", (call) => {
    const delivery = ownDelivery(call.world, call.app, call.params.delivery_id);
    if (!call.app.webhookUrl) throw new GitHubError(422, "The App has no webhook.");
    void deliver(call.world, call.app, { ...parcelOf(delivery), redelivery: true });
    return { status: 202, body: {}, effect: `redelivered ${delivery.guid}` };
  }),
];

function ownDelivery(world: World, app: App, id: number): Delivery {
  const delivery = world.deliveries.find((each) => each.id === id && each.appId === app.id);
  if (!delivery) throw notFound();
  return delivery;
}

function parcelOf(delivery: Delivery) {
  const { guid, event, action, installationId, repositoryId, payload } = delivery;
  return { guid, event, action, installationId, repositoryId, payload };
}

function succeeded(delivery: Delivery): boolean {
  return delivery.statusCode >= 200 && delivery.statusCode < 400;
}

function itemShape(delivery: Delivery) {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt,
    redelivery: delivery.redelivery,
    duration: delivery.duration,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installationId,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  };
}

function hookConfig(app: App) {
  return {
    ...(app.webhookUrl ? { url: app.webhookUrl } : {}),
    content_type: "json",
    secret: "********",
    insecure_ssl: "0",
  };
}
