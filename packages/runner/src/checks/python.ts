import type { Commands, ReadFile } from "./detect.ts";

const MANIFESTS = ["pyproject.toml", "setup.cfg", "tox.ini", "pytest.ini"] as const;
const UNITTEST = /(?:^|\/)(?:test_[^/]+|[^/]+_test)\.py$/;

/**
 * How a Python project prepares and proves itself: by its lock's own tool (uv, poetry), by pytest where
 * anything names it, by tox where only tox is there, else by unittest where there are tests.
 */
export async function ofPython(read: ReadFile, paths: readonly string[]): Promise<Commands> {
  const [manifests, requirements, development, uv, poetry] = await Promise.all([
    Promise.all(MANIFESTS.map(async (name) => (await read(name)) ?? "")),
    read("requirements.txt"),
    read("requirements-dev.txt"),
    read("uv.lock"),
    read("poetry.lock"),
  ]);
  const [, , tox = "", pytestIni] = manifests;
  const words = [...manifests, requirements ?? "", development ?? ""].join("\n");
  const tests = paths.filter((path) => UNITTEST.test(path));
  if (manifests.every((text) => text === "") && requirements === undefined && tests.length === 0) {
    return { setup: [], checks: [] };
  }
  const tool = uv !== undefined ? "uv run " : poetry !== undefined ? "poetry run " : "";
  const setup =
    uv !== undefined
      ? ["uv sync --frozen"]
      : poetry !== undefined
        ? ["poetry install --no-interaction --quiet"]
        : [
            ...(requirements === undefined ? [] : ["python -m pip install -q -r requirements.txt"]),
            ...(development === undefined ? [] : ["python -m pip install -q -r requirements-dev.txt"]),
          ];
  if (words.includes("pytest") || pytestIni !== "") return { setup, checks: [`${tool}python -m pytest -q`] };
  if (tox.includes("[testenv")) return { setup, checks: [`${tool}tox -q`] };
  if (tests.length === 0) return { setup, checks: [] };
  const top = [...new Set(tests.map((path) => path.slice(0, Math.max(0, path.lastIndexOf("/")))))];
  // One directory of tests is named: discovery from the root misses those without an __init__.py.
  const where = top.length === 1 && top[0] !== "" ? ` discover -s ${quote(top[0] ?? "")}` : "";
  return { setup, checks: [`${tool}python3 -m unittest${where}`] };
}

/** For a shell; the name comes from the repository. */
function quote(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
