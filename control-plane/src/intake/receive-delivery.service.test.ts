import { randomUUID } from "node:crypto";
import { createTestDatabase } from "@aicd/db/testing";
import { beforeEach, expect, it } from "vitest";
import { pack } from "./commit/pack.ts";
import { insertBatch } from "./commit/store.ts";
import { receiveDelivery } from "./receive-delivery.ts";

const { pool } = await createTestDatabase();
let received: unknown[] = [];
const probot = {
  async receive(event: unknown) {
    received.push(event);
  },
};

beforeEach(() => {
  received = [];
});

async function stored(text: string): Promise<string> {
  const id = randomUUID();
  const body = Buffer.from(text);
  await insertBatch(pool, { deliveries: [{ id, event: "issues", bytes: body.length }], body: pack(body) });
  return id;
}

const processed = async (id: string) =>
  (await pool.query("SELECT processed_at FROM webhook_deliveries WHERE id = $1", [id])).rows[0]?.processed_at;

it("hands the delivery over as it came, and notes that it did", async () => {
  const id = await stored('{"action":"opened"}');

  await receiveDelivery({ pool, probot }, { deliveryId: id });

  expect(received).toEqual([{ id, name: "issues", payload: { action: "opened" } }]);
  expect(await processed(id)).toBeInstanceOf(Date);
});

it.each(["", "{", '{"a":1}x', "[1]", "null", '"text"', "[".repeat(100_000)])(
  "gives %.20j up at once: it was signed, but nothing can be read from it",
  async (text) => {
    const deliveryId = await stored(text);

    await expect(receiveDelivery({ pool, probot }, { deliveryId })).rejects.toMatchObject({
      kind: "invalid",
      retryable: false,
    });

    expect(received).toEqual([]);
  },
);
