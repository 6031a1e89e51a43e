import { randomBytes } from "node:crypto";
import type { TenantId } from "@aicd/core";
import { describe, expect, it } from "vitest";
import { parseMasterKeys } from "./master-keys.ts";
import { createVault } from "./vault.ts";

const [old, fresh] = [randomBytes(32).toString("base64"), randomBytes(32).toString("base64")];
const id = { tenantId: "ten_a" as TenantId, name: "ANTHROPIC_API_KEY" };
const VALUE = "sk-ant-very-secret";

describe("a sealed secret", () => {
  const vault = createVault(parseMasterKeys(old));

  it("opens to what it was, and shows nothing of it before", () => {
    const sealed = vault.seal(id, VALUE);

    expect(vault.open(id, sealed).reveal()).toBe(VALUE);
    expect(JSON.stringify(sealed)).not.toContain(Buffer.from(VALUE).toString("hex").slice(0, 12));
    expect(String(vault.open(id, sealed))).toBe("[secret]");
  });

  it("is sealed differently each time", () => {
    expect(vault.seal(id, VALUE).sealed).not.toEqual(vault.seal(id, VALUE).sealed);
  });

  it.each([
    ["another tenant", { ...id, tenantId: "ten_b" as TenantId }],
    ["another name", { ...id, name: "OPENAI_API_KEY" }],
  ])("does not open for %s", (_who, other) => {
    expect(() => vault.open(other, vault.seal(id, VALUE))).toThrow(/not what was sealed/);
  });

  it.each(["wrappedKey", "sealed"] as const)("with a changed bit in %s does not open", (part) => {
    const sealed = vault.seal(id, VALUE);
    const bytes = Buffer.from(sealed[part]);
    bytes[20] = (bytes[20] ?? 0) ^ 1;

    expect(() => vault.open(id, { ...sealed, [part]: bytes })).toThrow(/not what was sealed/);
  });
});

describe("a change of the master key", () => {
  const before = createVault(parseMasterKeys(old));
  const during = createVault(parseMasterKeys(`${fresh},${old}`));
  const after = createVault(parseMasterKeys(fresh));

  it("leaves what was sealed readable, and moves it without unsealing the value", () => {
    const sealed = before.seal(id, VALUE);

    expect(during.open(id, sealed).reveal()).toBe(VALUE);
    const moved = during.rewrap(id, sealed);

    expect(moved.sealed).toBe(sealed.sealed);
    expect(after.open(id, moved).reveal()).toBe(VALUE);
    expect(() => before.open(id, moved)).toThrow(/ENCRYPTION_KEY does not hold/);
  });
});

it.each(["", "short", `${old},`, "x".repeat(44)])(
  "refuses %j as ENCRYPTION_KEY and says how to make one",
  (text) => {
    expect(() => parseMasterKeys(text)).toThrow(/openssl rand/);
  },
);
