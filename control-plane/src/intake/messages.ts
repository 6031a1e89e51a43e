/** From the HTTP side to the writer. The arena travels with it and comes back. */
export interface WriteBatch {
  readonly number: number;
  /** Raw bodies, one behind the other. */
  readonly arena: ArrayBuffer;
  readonly deliveries: readonly DeliveryHead[];
}

/** One verified webhook in a batch. */
export interface DeliveryHead {
  /** GitHub's GUID in lower case. */
  readonly id: string;
  readonly event: string;
  /** Length of the raw body. */
  readonly bytes: number;
}

export type Verdict = "stored" | "not-json";

export interface BatchWritten {
  readonly number: number;
  readonly arena: ArrayBuffer;
  /** One for each delivery, or why none of them could be stored. */
  readonly result:
    | { readonly kind: "judged"; readonly verdicts: readonly Verdict[] }
    | { readonly kind: "failed"; readonly reason: string };
}
