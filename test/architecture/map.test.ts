import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FLOORS } from "./floors.ts";
import { ROOT, readSources } from "./imports.ts";

/** Tests have what they stand on beside them; that needs no line. */
const BESIDE = /^(?:testing|fixtures|__snapshots__)$/;

const map = readFileSync(join(ROOT, ".github/CONTRIBUTING.md"), "utf8");
const rooms = [...new Set(readSources().map(({ room }) => room))];

describe("the map in CONTRIBUTING", () => {
  it.each(rooms)("has %s, and in its line every folder of it", (room) => {
    const line = map.split("\n").find((text) => text.startsWith(`| \`${room}\` |`)) ?? "";
    // The floors of the control plane have a table of their own.
    const folders = room === "control-plane" ? [] : foldersOf(join(room, "src"));

    expect(line).not.toBe("");
    expect(folders.filter((name) => !line.includes(`\`${name}\``))).toEqual([]);
  });

  it("has every floor of the control plane", () => {
    const named = FLOORS.flat().filter((name) => name !== "roof" && name !== "ground");

    expect(named.filter((name) => !map.includes(`\`${name}\``))).toEqual([]);
  });

  it.each(foldersOf("control-plane/src"))(
    "has the folders of the control plane's %s in its line",
    (floor) => {
      const line = map
        .split("\n")
        .find((text) => text.startsWith("| ") && cellOf(text).includes(`\`${floor}\``));
      const folders = foldersOf(join("control-plane/src", floor));

      expect(folders.filter((name) => !line?.includes(`\`${name}\``))).toEqual([]);
    },
  );

  it("names the folders of tests", () => {
    expect(foldersOf("test").filter((name) => !map.includes(`test/${name}`))).toEqual([]);
  });
});

/** The first cell of a table's line. */
function cellOf(line: string): string {
  return line.split("|")[1] ?? "";
}

function foldersOf(directory: string): string[] {
  return readdirSync(join(ROOT, directory), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !BESIDE.test(entry.name))
    .map(({ name }) => name);
}
