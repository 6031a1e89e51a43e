import { createHmac } from "node:crypto";
import type { App } from "../world/app.ts";
import type { World } from "../world/world.ts";
import type { Delivery } from "./delivery.ts";

/** GitHub gives a receiver this long and never tries again by itself. */
const TIMEOUT_MS = 10_000;
const KEPT_RESPONSE_BYTES = 64_000;
/** GitHub forgets deliveries after days; a payload is some 15 KB, so this keeps a long run below 100 MB. */
const KEPT_DELIVERIES = 5000;

export interface Parcel {
  guid: string;
  event: string;
  action: string | null;
  installationId: number | null;
  repositoryId: number | null;
  payload: string;
  redelivery: boolean;
}

/** Posts one signed event to an App and keeps the outcome. Resolves either way; a failed delivery is a record. */
export function deliver(world: World, app: App, parcel: Parcel): Promise<Delivery> {
  const sent = post(world, app, parcel);
  track(
    world,
    sent.then(() => undefined),
  );
  return sent;
}

/** Counts work as under way until it is over, for those who wait until everything has settled. */
export function track(world: World, work: Promise<void>): void {
  world.pendingDeliveries.add(work);
  void work.finally(() => world.pendingDeliveries.delete(work));
}

async function post(world: World, app: App, parcel: Parcel): Promise<Delivery> {
  const started = performance.now();
  const delivery = newDelivery(world, app, parcel);
  try {
    const { url, requestHeaders } = delivery;
    const response = await world.poster.post(url, requestHeaders, parcel.payload, TIMEOUT_MS);
    delivery.responseBody = response.body.slice(0, KEPT_RESPONSE_BYTES);
    delivery.responseHeaders = response.headers;
    delivery.statusCode = response.status;
    const accepted = response.status >= 200 && response.status < 300;
    if (!accepted) delivery.status = `Invalid HTTP Response: ${response.status}`;
  } catch (error) {
    // The receiver's absence is the outcome this records.
    const timedOut = error instanceof Error && error.name === "TimeoutError";
    delivery.statusCode = timedOut ? 504 : 502;
    delivery.status = timedOut ? "timed out" : "failed to connect to host";
  }
  delivery.duration = Math.round(performance.now() - started) / 1000;
  world.events.emit("delivery", delivery);
  return delivery;
}

/** The record of an attempt that has yet to be made. */
export function newDelivery(world: World, app: App, parcel: Parcel): Delivery {
  const delivery: Delivery = {
    ...parcel,
    id: world.mint("delivery").id,
    appId: app.id,
    deliveredAt: new Date().toISOString(),
    duration: 0,
    status: "OK",
    statusCode: 0,
    url: app.webhookUrl ?? "",
    requestHeaders: headersOf(app, parcel),
    responseHeaders: {},
    responseBody: "",
  };
  world.deliveries.push(delivery);
  if (world.deliveries.length > KEPT_DELIVERIES) world.deliveries.shift();
  return delivery;
}

function headersOf(app: App, parcel: Parcel): Record<string, string> {
  const hmac = (algorithm: string) =>
    createHmac(algorithm, app.webhookSecret).update(parcel.payload).digest("hex");
  return {
    accept: "*/*",
    "content-type": "application/json",
    "user-agent": "GitHub-Hookshot/c3d1e0f",
    "x-github-delivery": parcel.guid,
    "x-github-event": parcel.event,
    "x-github-hook-id": String(app.hookId),
    "x-github-hook-installation-target-id": String(app.id),
    "x-github-hook-installation-target-type": "integration",
    "x-hub-signature": `sha1=${hmac("sha1")}`,
    "x-hub-signature-256": `sha256=${hmac("sha256")}`,
  };
}
