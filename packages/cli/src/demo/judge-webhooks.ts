import type { WebhookEvent } from "@aicd/sdk";

type Sent = { event: string; type: string; subject: string; sequence: number };
type Received = { id: string; type: string; subject: string; sequence: number; double: boolean };

export type Verdict = {
  /** As they came. */
  received: Received[];
  refused: number;
  doubles: number;
  /** Ids of events that the server owes and the receiver never took. */
  lost: string[];
  /** Ids of events that came for the first time behind a later one of their subject. */
  outOfOrder: string[];
  serverKilled: boolean;
  isWell: boolean;
};

/** What came at a receiver, held against what the server's log says that it was to be told. */
export function judge(input: {
  came: readonly WebhookEvent[];
  sent: readonly Sent[];
  refused: number;
  struck: boolean;
}): Verdict {
  const { came, sent, refused, struck } = input;
  const known = new Set<string>();
  const latest = new Map<string, number>();
  const outOfOrder: string[] = [];
  const received: Received[] = [];
  for (const { id, type, subject, sequence } of came) {
    const double = known.has(id);
    received.push({ id, type, subject, sequence, double });
    if (double) continue;
    known.add(id);
    if (sequence <= (latest.get(subject) ?? 0)) outOfOrder.push(id);
    else latest.set(subject, sequence);
  }
  const lost = sent.flatMap(({ event }) => (known.has(event) ? [] : [event]));
  const isWell = sent.length > 0 && lost.length === 0 && outOfOrder.length === 0 && struck;
  const doubles = received.length - known.size;
  return { received, refused, doubles, lost, outOfOrder, serverKilled: struck, isWell };
}

/** The events in a person's words. */
export function tellVerdict({ received, refused, doubles, lost, outOfOrder }: Verdict): string {
  const lines = received.map(
    ({ id, type, sequence, double }) =>
      `  ${String(sequence).padStart(3)}  ${type.padEnd(26)} ${id}${double ? "  again: known by its id" : ""}`,
  );
  const sum = `${received.length - doubles} events, ${refused} refused, ${doubles} doubled, ${lost.length} lost, ${outOfOrder.length} out of order`;
  return ["", "Signed events as the receiver took them:", ...lines, `  ${sum}`, ""].join("\n");
}
