import { at, type Finder, type Found, test } from "./project.ts";

const MOST = 8;

/** A module, or the modules of a `go.work`. `-v` names the tests. */
export const findGo: Finder = (found, directory) => {
  const { repository } = found;
  const work = repository.text(at(directory, "go.work"));
  const places =
    work === undefined
      ? undefined
      : modulesOf(work).filter((place) => isTouched(found, at(directory, place)));
  if (places !== undefined && places.length > 0) {
    const patterns = places.slice(0, MOST).map((place) => (place === "." ? "./..." : `./${place}/...`));
    return {
      ecosystem: "go",
      directory,
      from: at(directory, "go.work"),
      setup: ["go mod download"],
      checks: [test(`go test -v ${patterns.join(" ")}`)],
    };
  }
  if (!repository.has(at(directory, "go.mod"))) return undefined;
  const vendored = repository.has(at(directory, "vendor/modules.txt"));
  return {
    ecosystem: "go",
    directory,
    from: at(directory, "go.mod"),
    setup: vendored ? [] : ["go mod download"],
    checks: [{ run: "go vet ./...", kind: "lint" }, test("go test -v ./...")],
  };
};

function modulesOf(work: string): string[] {
  const block = /^use\s*\(([^)]*)\)/m.exec(work)?.[1]?.split("\n") ?? [];
  const lines = [...work.matchAll(/^use\s+([^\s(]+)/gm)].map(([, place = ""]) => place);
  return [...block, ...lines]
    .map((line) =>
      line
        .replace(/\/\/.*$/, "")
        .trim()
        .replace(/^\.\//, ""),
    )
    .filter((line) => line !== "");
}

/** Where it is not known what a change touches, everything is. */
function isTouched({ touched }: Found, place: string): boolean {
  if (touched === undefined || place === ".") return true;
  const prefix = place.endsWith("/.") ? place.slice(0, -1) : `${place}/`;
  const own = touched.filter((path) => path.startsWith(prefix));
  return own.length > 0;
}
