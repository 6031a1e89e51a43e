import { describe, expect, it } from "vitest";
import { auditText, wasRefused } from "./audit.ts";

const names = { actor: "mona", target: "acme/shop#7" };

describe("an entry of the audit log as a sentence", () => {
  it.each([
    [{ action: "plan.approved", detail: {} }, "mona approved the plan of acme/shop#7"],
    [
      { action: "plan.approved", detail: { outcome: "plan.approved" } },
      "mona approved the plan of acme/shop#7",
    ],
    [
      { action: "plan.approved", detail: { outcome: "refused.hash.wrong" } },
      "mona tried to approve the plan of acme/shop#7 and was refused",
    ],
    [
      { action: "retry.requested", detail: { outcome: "refused.storm", reason: "Try later." } },
      "mona tried to have acme/shop#7 tried again and was refused: Try later",
    ],
    [
      { action: "request.refused", detail: { operation: "putSecret", reason: "Ask an admin." } },
      "mona was refused putSecret with “Ask an admin.”",
    ],
    [
      { action: "member.role_set", detail: { before: "viewer", after: "admin" } },
      "mona gave acme/shop#7 the role admin instead of viewer",
    ],
    [
      { action: "repository.switched", detail: { enabled: false } },
      "mona switched acme/shop#7 on or off (enabled: false)",
    ],
    [{ action: "of.an_older_release", detail: {} }, "mona: of.an_older_release (acme/shop#7)"],
  ])("%o", (entry, sentence) => {
    expect(auditText(entry, names)).toBe(sentence);
  });

  it("takes names for names, whatever they are made of", () => {
    const actor = "{target}\n# mona\u202e";
    const target = `a$&\t${"x".repeat(10_000)}`;
    const sentence = auditText({ action: "secret.set", detail: { actor: "another" } }, { actor, target });

    expect(sentence).toMatch(/^\{target\} # mona⟨U\+202E⟩ set the secret a\$& x{296}…$/);
    expect(sentence.length).toBeLessThan(400);
  });

  it("says what was refused, and only that", () => {
    expect(wasRefused({ action: "plan.approved", detail: { outcome: "refused.hash.wrong" } })).toBe(true);
    expect(wasRefused({ action: "request.refused", detail: {} })).toBe(true);
    expect(wasRefused({ action: "plan.approved", detail: { outcome: "plan.approved" } })).toBe(false);
    expect(wasRefused({ action: "secret.set", detail: {} })).toBe(false);
  });
});
