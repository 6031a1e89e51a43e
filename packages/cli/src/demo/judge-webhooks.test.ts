import { describe, expect, it } from "vitest";
import { judge, tellVerdict } from "./judge-webhooks.ts";

const came = (id: string, subject: string, sequence: number) => ({
  ...{ id, subject, sequence, type: "task.created", timestamp: "2026-01-01T00:00:00.000Z" },
  ...{ organization: "ten_1", data: {} },
});
const sent = (event: string) => ({ event, type: "task.created", subject: "task_1", sequence: 1 });

describe("what came at the demo's receiver", () => {
  it("is well when all came in their order, and knows a double by its id", () => {
    const verdict = judge({
      came: [came("a", "one", 1), came("a", "one", 1), came("c", "two", 1), came("b", "one", 2)],
      sent: [sent("a"), sent("b"), sent("c")],
      ...{ refused: 2, struck: true },
    });
    expect(verdict).toMatchObject({ doubles: 1, lost: [], outOfOrder: [], isWell: true });
    expect(tellVerdict(verdict)).toContain("3 events, 2 refused, 1 doubled, 0 lost, 0 out of order");
  });

  it("is not well when one is missing, comes too late, or nothing was to be told", () => {
    const rest = { refused: 2, struck: true };
    const lost = judge({ came: [came("a", "one", 1)], sent: [sent("a"), sent("b")], ...rest });
    expect(lost).toMatchObject({ lost: ["b"], isWell: false });
    const late = judge({
      ...{ came: [came("b", "one", 2), came("a", "one", 1)], sent: [sent("a"), sent("b")] },
      ...rest,
    });
    expect(late).toMatchObject({ outOfOrder: ["a"], isWell: false });
    expect(judge({ came: [], sent: [], ...rest }).isWell).toBe(false);
  });

  it("is not well when the server was never killed", () => {
    const verdict = judge({ came: [came("a", "one", 1)], sent: [sent("a")], refused: 0, struck: false });
    expect(verdict.isWell).toBe(false);
  });
});
