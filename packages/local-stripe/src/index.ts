export { sign } from "./events/sign.ts";
export {
  type AfterRetries,
  type FaultRule,
  type LocalStripe,
  type LocalStripeOptions,
  startLocalStripe,
  type Unexpected,
} from "./start.ts";
export type { Charge, Customer, Event, Invoice, MeterEvent, Subscription } from "./world/types.ts";
