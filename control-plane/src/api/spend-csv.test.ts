import { expect, it } from "vitest";
import { spendCsv } from "./spend-csv.ts";

const row = { key: "k", label: "l", calls: 1, microUsd: 1_234_567, excusedMicroUsd: 0 };

it("has a head, and amounts to the millionth of a dollar", () => {
  expect(spendCsv("person", [row])).toBe(
    "person,name,calls,spent_usd,not_billed_usd\r\nk,l,1,1.234567,0.000000\r\n",
  );
});

it("is only the head where nothing was spent", () => {
  expect(spendCsv("day", [])).toBe("day,name,calls,spent_usd,not_billed_usd\r\n");
});

it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])("%j is no formula in a cell", (text) => {
  const cells = spendCsv("model", [{ ...row, key: text, label: text }])
    .split("\r\n")
    .slice(1)
    .join("\r\n");

  expect(cells.replaceAll('"', "").startsWith(`'${text},'${text},`)).toBe(true);
});

it("separators, quotes and ends of lines in a name end no cell", () => {
  const [, line] = spendCsv("model", [{ ...row, label: 'a,"b"\nc' }]).split("\r\n");

  expect(line).toBe('k,"a,""b""\nc",1,1.234567,0.000000');
});
