import fc from "fast-check";
import { expect, test } from "vitest";
import { createRedactor } from "./redactor.ts";

const VALUE = "p@ss/word+with=signs&more";

test.each([
  ["as it is", VALUE],
  ["url-encoded", `?key=${encodeURIComponent(VALUE)}&x=1`],
  ["in JSON", JSON.stringify({ key: VALUE })],
  ["in hex", Buffer.from(VALUE).toString("hex")],
])("hides a value %s", (_name, text) => {
  const redactor = createRedactor();
  redactor.register(VALUE);

  const clean = redactor.redact(text);

  expect(clean).not.toBe(text);
  expect(clean).toContain("[redacted]");
});

test("hides a value inside the base64 of any text around it", () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.string(),
      fc.constantFrom("base64", "base64url"),
      (before, after, encoding) => {
        const redactor = createRedactor();
        redactor.register(VALUE);

        const clean = redactor.redact(Buffer.from(before + VALUE + after).toString(encoding));

        expect(clean).toContain("[redacted]");
      },
    ),
  );
});

test("a value with quotes is hidden in its JSON form", () => {
  const redactor = createRedactor();
  redactor.register('line one\n"line two"');

  expect(redactor.redact(JSON.stringify({ key: 'line one\n"line two"' }))).toBe('{"key":"[redacted]"}');
});

test("short values are left alone", () => {
  const redactor = createRedactor();
  redactor.register("main");

  expect(redactor.redact("the main branch")).toBe("the main branch");
});

test("a value is shown again after it is taken off", () => {
  const redactor = createRedactor();
  const forget = redactor.register(VALUE);
  forget();

  expect(redactor.redact(VALUE)).toBe(VALUE);
});
