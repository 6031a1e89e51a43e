import type { App } from "../world/app.ts";
import type { World } from "../world/world.ts";
import { deliver, newDelivery, type Parcel } from "./deliver.ts";
import type { Delivery } from "./delivery.ts";

/** docs.github.com "Webhook events and payloads": "Payloads are capped at 25 MB"; a larger event is not delivered. */
const LARGEST_PAYLOAD_BYTES = 25 * 1024 * 1024;

/** Hands an event to the network, which treats it as the rules say; by default it is delivered at once. */
export function mail(world: World, app: App, parcel: Parcel, delivered: (delivery: Delivery) => void): void {
  if (Buffer.byteLength(parcel.payload) > LARGEST_PAYLOAD_BYTES) return;
  const { event, action } = parcel;
  const send = async () => {
    const delivery = await deliver(world, app, parcel);
    delivered(delivery);
    return delivery;
  };
  const rules = world.switches.mail;
  const rule = rules.find(
    (each) =>
      (each.event === undefined || each.event === event) &&
      (each.action === undefined || each.action === action),
  );
  if (!rule) {
    void send();
    return;
  }
  rule.left -= 1;
  if (rule.left <= 0) rules.splice(rules.indexOf(rule), 1);
  rule.treat({ event, action, deliver: send, fail: () => fail(world, app, parcel) });
}

function fail(world: World, app: App, parcel: Parcel): void {
  const delivery = newDelivery(world, app, parcel);
  Object.assign(delivery, { status: "failed to connect to host", statusCode: 502 });
  world.events.emit("delivery", delivery);
}
