import { at, type Finder, type Found, fileOf, test } from "./project.ts";

/** CMake, Meson or autotools, built outside of the sources where that is usual. */
export const findNative: Finder = (found, directory) => {
  const { repository } = found;
  const cmake = at(directory, "CMakeLists.txt");
  if (repository.has(cmake) && hasTests(found, cmake)) {
    const setup = ["cmake -S . -B build", "cmake --build build --parallel"];
    // The change must be built before it is tested.
    return {
      ecosystem: "native",
      directory,
      from: cmake,
      setup,
      checks: [test("cmake --build build --parallel && ctest --test-dir build --output-on-failure")],
    };
  }
  const meson = at(directory, "meson.build");
  if (repository.has(meson)) {
    return {
      ecosystem: "native",
      directory,
      from: meson,
      setup: ["meson setup build"],
      checks: [test("meson test -C build --print-errorlogs")],
    };
  }
  const autotools = fileOf(found, directory, ["configure", "configure.ac", "configure.in"]);
  if (autotools === undefined) return undefined;
  const prepare = repository.has(at(directory, "configure"))
    ? []
    : [repository.has(at(directory, "autogen.sh")) ? "./autogen.sh" : "autoreconf --install"];
  return {
    ecosystem: "native",
    directory,
    from: autotools,
    setup: [...prepare, "./configure", "make"],
    checks: [test("make && make check")],
  };
};

function hasTests({ repository }: Found, cmake: string): boolean {
  return /enable_testing|include\s*\(\s*CTest|add_test/i.test(repository.text(cmake) ?? "");
}

const RUNNERS = [
  {
    files: ["GNUmakefile", "makefile", "Makefile"],
    run: "make",
    target: (name: string) => new RegExp(`^${name}\\s*:(?!=)`, "m"),
  },
  {
    files: ["justfile", ".justfile", "Justfile"],
    run: "just",
    target: (name: string) => new RegExp(`^@?${name}(?:\\s[^:=]*)?:(?!=)`, "m"),
  },
  {
    files: ["Taskfile.yml", "Taskfile.yaml", "Taskfile.dist.yml"],
    run: "task",
    target: (name: string) => new RegExp(`^  ['"]?${name}['"]?:`, "m"),
  },
] as const;

const TARGETS = ["test", "check", "tests"];

/** A task runner is asked only where nothing more telling is there. */
export const findTasks: Finder = (found, directory) => {
  for (const { files, run, target } of RUNNERS) {
    const path = fileOf(found, directory, files);
    const text = path === undefined ? "" : (found.repository.text(path) ?? "");
    const name = TARGETS.find((one) => target(one).test(text));
    if (path !== undefined && name !== undefined) {
      return { ecosystem: "task", directory, from: path, setup: [], checks: [test(`${run} ${name}`)] };
    }
  }
  return undefined;
};
