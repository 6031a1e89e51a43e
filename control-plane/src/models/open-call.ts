import type { Readable } from "node:stream";
import { type AdmittedCall, type Counted, createCounter } from "@aicd/core";
import type { Used } from "@aicd/db";
import type { Deps } from "../deps.ts";
import { askVendor } from "./ask-vendor.ts";
import type { Caller } from "./authenticate-caller.ts";
import { countCall } from "./count-call.ts";
import type { OpenCall } from "./ledger.ts";
import { passThrough } from "./pass-through.ts";
import { permit } from "./permit.ts";
import type { Vendor, VendorName } from "./vendors.ts";

/** How long an answer is read on, to be counted, after its caller hung up. */
const HANG_UP_MS = 10 * 60_000;
const RETURNED = ["content-type", "retry-after", "request-id", "x-request-id"] as const;

export type Call = { name: VendorName; path: string; call: AdmittedCall; caller: Caller };
export type Answer = { status: number; headers: Record<string, string>; body: Readable | undefined };

/**
 * One call, from the money held for it to the money it came to. It is counted to its end, whether it is read or not.
 * @param given.leave runs once, when the vendor is done with it
 * @param gone calls back when nobody reads the answer any more
 */
export async function openCall(
  deps: Deps,
  given: Call & { leave: () => void },
  gone: (effect: () => void) => void,
): Promise<Answer> {
  const { name, path, call, caller, leave } = given;
  const { id, vendor } = await permit(deps, caller, { name, model: call.model, worst: call.worst });
  const end = new AbortController();
  const open: OpenCall = { scope: caller.scope, id, cut: () => end.abort() };
  deps.ledger.open(open);
  let passed: Readable | undefined;
  let timer: NodeJS.Timeout | undefined;
  gone(() => {
    passed?.destroy();
    timer = setTimeout(() => end.abort(), HANG_UP_MS).unref();
  });
  const asked = performance.now();
  const answer = await beginAnswer(deps, { open, given: { name, path, call, vendor }, end });
  deps.metrics.aicd_model_first_byte_seconds.observe({ vendor: name }, (performance.now() - asked) / 1_000);
  const { status } = answer;
  const headers = Object.fromEntries(
    RETURNED.flatMap((header) => {
      const value = answer.headers.get(header);
      return value === null ? [] : [[header, value]];
    }),
  );
  const counter = createCounter(answer.headers.get("content-type") ?? "", Buffer.byteLength(call.text));
  const settled = async () => {
    clearTimeout(timer);
    const counted = counter.end();
    // A refusal of the vendor's costs nothing, so nothing is guessed for it.
    const free = !answer.ok && counted.estimated;
    const used = free ? "nothing" : cameTo(deps, call.model, counted);
    await deps.ledger.settle(open, used);
    countCall(deps, name, used);
    leave();
  };
  if (answer.body === null) {
    await settled();
    return { status, headers, body: undefined };
  }
  passed = passThrough(answer.body, { seen: counter.feed, ended: settled });
  return { status, headers, body: passed };
}

async function beginAnswer(
  deps: Deps,
  {
    open,
    given,
    end,
  }: { open: OpenCall; given: Omit<Call, "caller"> & { vendor: Vendor }; end: AbortController },
): Promise<Response> {
  try {
    return await askVendor(given, given.call, end.signal);
  } catch (error) {
    // We broke it off while the vendor was at work, so it may have cost something.
    if (end.signal.aborted) deps.ledger.abandon(open);
    else await deps.ledger.settle(open, "nothing");
    throw error;
  }
}

/** By the model that answered where its price is known, else by the one that was asked and held for. */
function cameTo(
  { prices }: Pick<Deps, "prices">,
  asked: string,
  { tokens, model, estimated }: Counted,
): Used {
  const priced = model === undefined || !prices.isPriced(model) ? asked : model;
  return {
    model: model ?? asked,
    tokens,
    price: prices.priceOf(priced),
    microUsd: prices.priceTokens(priced, tokens),
    estimated,
  };
}
