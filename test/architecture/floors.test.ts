import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { FLOORS, folderOf, MOST_SOURCES, WIRED } from "./floors.ts";
import { readSources, resolveImport, type Source } from "./imports.ts";

const room = readSources().filter((source) => source.room === "control-plane" && !source.isTest);
/** The browser's part is a program of its own; its own checker keeps the server out of it. */
const inside = room.filter(({ path }) => !path.includes("/dashboard/browser/"));

describe("the floors of the control plane", () => {
  it.each([...new Set(inside.map(({ path }) => folderOf(path)))])("%s is drawn on the plan", (folder) => {
    expect(floorOf(folder)).toBeGreaterThanOrEqual(0);
  });

  it("have no arrow back up, and none between neighbours", () => {
    expect(climbing(inside)).toEqual([]);
  });

  it("would show one", () => {
    const first = inside.find(({ path }) => path.startsWith("control-plane/src/tasks/"));
    if (first === undefined) throw new Error("tasks is empty");
    const up = { specifier: "../api/routes.ts", typeOnly: false };
    const down = { specifier: "../thread/help.ts", typeOnly: false };

    expect(climbing([{ ...first, imports: [up, down] }])).toEqual([
      `${first.path} → control-plane/src/api/routes.ts`,
    ]);
  });

  it("are wired by a type alone: deps.ts names what it holds and runs nothing", () => {
    const wired = inside.find(({ path }) => path === WIRED);

    expect(wired?.imports.filter(({ typeOnly }) => !typeOnly)).toEqual([]);
  });
});

const folders = Map.groupBy(room, ({ path }) => dirname(path));

it.each([...folders.keys()])("%s is one folder, not two", (folder) => {
  expect(folders.get(folder)?.length).toBeLessThanOrEqual(MOST_SOURCES);
});

/** Arrows that do not point down, as `file → file`. */
function climbing(sources: Source[]): string[] {
  return sources.flatMap((source) =>
    source.imports
      .filter(({ specifier }) => specifier.startsWith("."))
      .map(({ specifier }) => resolveImport(source, specifier))
      .filter((target) => source.path !== WIRED && target !== WIRED)
      .filter((target) => !pointsDown(folderOf(source.path), folderOf(target)))
      .map((target) => `${source.path} → ${target}`),
  );
}

function pointsDown(from: string, to: string): boolean {
  return from === to || floorOf(from) < floorOf(to);
}

function floorOf(folder: string): number {
  return FLOORS.findIndex((floor) => floor.includes(folder));
}
