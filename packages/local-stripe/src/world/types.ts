/** What this Stripe reads and writes of its objects; the rest of each is as the description says it is when empty. */
export type Metadata = Record<string, string>;
type Thing<O extends string> = { id: string; object: O; created: number; metadata: Metadata };
export type List<T> = { object: "list"; data: T[]; has_more: boolean; url: string };

export type Customer = Thing<"customer"> & {
  name: string | null;
  email: string | null;
  balance: number;
  deleted?: true;
  test_clock: string | null;
  invoice_settings: { default_payment_method: string | null };
};
export type Product = Thing<"product"> & { name: string; active: boolean; updated: number };
type Interval = "day" | "week" | "month" | "year";
export type Recurring = {
  interval: Interval;
  interval_count: number;
  usage_type: "licensed" | "metered";
  meter: string | null;
  trial_period_days: null;
};
export type Price = Thing<"price"> & {
  active: boolean;
  currency: string;
  product: string;
  lookup_key: string | null;
  nickname: string | null;
  type: "recurring" | "one_time";
  unit_amount: number | null;
  /** Cents, with up to 12 digits behind the point. */
  unit_amount_decimal: string;
  recurring: Recurring | null;
};
export type PaymentMethod = Thing<"payment_method"> & {
  type: "card";
  customer: string | null;
  card: { brand: string; last4: string; exp_month: number; exp_year: number };
};
export type Item = Thing<"subscription_item"> & {
  price: Price;
  quantity?: number;
  subscription: string;
  current_period_start: number;
  current_period_end: number;
};
export type SubscriptionStatus =
  | "incomplete"
  | "incomplete_expired"
  | "trialing"
  | "active"
  | "past_due"
  | "canceled"
  | "unpaid";
export type Subscription = Thing<"subscription"> & {
  customer: string;
  status: SubscriptionStatus;
  currency: string;
  items: List<Item>;
  billing_cycle_anchor: number;
  cancel_at_period_end: boolean;
  cancel_at: number | null;
  canceled_at: number | null;
  ended_at: number | null;
  start_date: number;
  trial_start: number | null;
  trial_end: number | null;
  latest_invoice: string | null;
  default_payment_method: string | null;
  test_clock: string | null;
};
export type Line = {
  id: string;
  object: "line_item";
  amount: number;
  subtotal: number;
  currency: string;
  description: string;
  quantity: number;
  period: { start: number; end: number };
  pricing: {
    type: "price_details";
    price_details: { price: string; product: string };
    unit_amount_decimal: string;
  };
  parent: {
    type: "subscription_item_details";
    invoice_item_details: null;
    subscription_item_details: {
      subscription: string;
      subscription_item: string;
      proration: boolean;
      invoice_item: null;
      proration_details: null;
    };
  };
  pretax_credit_amounts: {
    amount: number;
    type: "credit_balance_transaction";
    credit_balance_transaction: string;
  }[];
};
export type Invoice = Thing<"invoice"> & {
  customer: string;
  status: "draft" | "open" | "paid" | "void" | "uncollectible";
  billing_reason: "subscription_create" | "subscription_cycle" | "subscription_update";
  currency: string;
  lines: List<Line>;
  period_start: number;
  period_end: number;
  subtotal: number;
  total: number;
  amount_due: number;
  amount_paid: number;
  amount_remaining: number;
  attempt_count: number;
  /** The customer's balance before and after. */
  starting_balance?: number;
  ending_balance?: number | null;
  attempted: boolean;
  auto_advance: boolean;
  automatically_finalizes_at: number | null;
  next_payment_attempt: number | null;
  number: string | null;
  hosted_invoice_url: string | null;
  total_pretax_credit_amounts: Line["pretax_credit_amounts"] | null;
  status_transitions: {
    finalized_at: number | null;
    paid_at: number | null;
    voided_at: number | null;
    marked_uncollectible_at: number | null;
  };
  parent: {
    type: "subscription_details";
    quote_details: null;
    subscription_details: { subscription: string; metadata: Metadata };
  };
  test_clock: string | null;
};
export type Charge = Thing<"charge"> & {
  amount: number;
  amount_captured: number;
  amount_refunded: number;
  captured: boolean;
  currency: string;
  customer: string;
  disputed: boolean;
  paid: boolean;
  refunded: boolean;
  payment_intent: string;
  payment_method: string | null;
  status: "succeeded" | "failed";
  failure_code: string | null;
  failure_message: string | null;
};
export type Refund = Thing<"refund"> & {
  amount: number;
  charge: string;
  currency: string;
  payment_intent: string;
  reason: string | null;
  status: "succeeded";
};
export type Dispute = Thing<"dispute"> & {
  amount: number;
  charge: string;
  currency: string;
  payment_intent: string;
  reason: string;
  status: "needs_response" | "won" | "lost";
};
export type Meter = Omit<Thing<"billing.meter">, "metadata"> & {
  display_name: string;
  event_name: string;
  status: "active" | "inactive";
  updated: number;
  customer_mapping: { type: "by_id"; event_payload_key: string };
  value_settings: { event_payload_key: string };
  default_aggregation: { formula: "sum" | "count" | "last" };
};
/** A meter event as it is kept: `value` is what it adds, `receivedAt` when it came. Seconds. */
export type MeterEvent = {
  meter: string;
  identifier: string;
  customer: string;
  timestamp: number;
  receivedAt: number;
  value: bigint;
  cancelled: boolean;
};
export type CreditGrant = Thing<"billing.credit_grant"> & {
  customer: string;
  name: string | null;
  category: "paid" | "promotional";
  amount: { type: "monetary"; monetary: { currency: string; value: number } };
  applicability_config: { scope: { price_type?: "metered"; prices?: { id: string }[] } };
  effective_at: number | null;
  expires_at: number | null;
  voided_at: number | null;
  priority: number | null;
  updated: number;
  test_clock: string | null;
};
export type Session = Thing<"checkout.session"> & {
  customer: string | null;
  client_reference_id: string | null;
  mode: "subscription";
  status: "open" | "complete" | "expired";
  payment_status: "paid" | "unpaid" | "no_payment_required";
  subscription: string | null;
  invoice: string | null;
  success_url: string;
  cancel_url: string | null;
  expires_at: number;
  url: string | null;
  currency: string;
  amount_total: number;
  amount_subtotal: number;
};
export type PortalSession = Omit<Thing<"billing_portal.session">, "metadata"> & {
  customer: string;
  configuration: string;
  return_url: string | null;
  url: string;
};
export type Clock = Omit<Thing<"test_helpers.test_clock">, "metadata"> & {
  name: string | null;
  frozen_time: number;
  deletes_after: number;
  status: "ready" | "advancing";
};
export type Endpoint = Thing<"webhook_endpoint"> & { url: string; enabled_events: string[]; secret: string };
export type Event = Omit<Thing<"event">, "metadata"> & {
  type: string;
  api_version: string;
  data: { object: unknown; previous_attributes?: Record<string, unknown> };
  request: { id: string | null; idempotency_key: string | null };
};
