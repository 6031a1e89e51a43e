import { at, type Finder, test } from "./project.ts";

const MOST = 8;

/** A module, or the modules of a `go.work`. `-v` names the tests. */
export const findGo: Finder = ({ repository }, directory) => {
  const work = repository.text(at(directory, "go.work"));
  const places = work === undefined ? undefined : modulesOf(work);
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
