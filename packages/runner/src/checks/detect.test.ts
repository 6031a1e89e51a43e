import { describe, expect, it } from "vitest";
import { detect } from "./detect.ts";

function repository(files: Record<string, string>) {
  return detect(async (path) => files[path], Object.keys(files));
}

describe("detect", () => {
  it.each([
    ["npm without dependencies", { "package.json": '{"scripts":{"test":"node --test"}}' }, [], ["npm test"]],
    [
      "npm with a lock",
      {
        "package.json":
          '{"scripts":{"test":"vitest","lint":"biome","build":"x"},"devDependencies":{"vitest":"1"}}',
        "package-lock.json": "{}",
      },
      ["npm ci --no-audit --no-fund"],
      ["npm run lint", "npm test"],
    ],
    [
      "pnpm",
      {
        "package.json": '{"scripts":{"test":"jest","typecheck":"tsc"},"dependencies":{"a":"1"}}',
        "pnpm-lock.yaml": "",
      },
      ["pnpm install --frozen-lockfile"],
      ["pnpm run typecheck", "pnpm test"],
    ],
    [
      "npm's placeholder",
      { "package.json": '{"scripts":{"test":"echo \\"Error: no test specified\\" && exit 1"}}' },
      [],
      [],
    ],
    ["a broken manifest", { "package.json": "{" }, [], []],
    [
      "pytest",
      { "pyproject.toml": "[tool.pytest.ini_options]", "requirements.txt": "x" },
      ["python -m pip install -q -r requirements.txt"],
      ["python -m pytest -q"],
    ],
    ["go", { "go.mod": "module x" }, [], ["go vet ./...", "go test -v ./..."]],
    ["cargo", { "Cargo.toml": "" }, [], ["cargo test"]],
    ["make", { Makefile: "build:\n\ntest: build\n\techo\n" }, [], ["make test"]],
    [
      "make only when nothing is more telling",
      { Makefile: "test:\n", "go.mod": "" },
      [],
      ["go vet ./...", "go test -v ./..."],
    ],
    ["ruby", { Gemfile: "gem 'rspec'" }, ["bundle install --quiet"], ["bundle exec rspec"]],
    [
      "php",
      { "composer.json": '{"scripts":{"test":"phpunit"}}' },
      ["composer install --no-interaction --quiet"],
      ["composer test"],
    ],
    [
      "phpunit",
      { "composer.json": '{"require-dev":{"phpunit/phpunit":"^12"}}' },
      ["composer install --no-interaction --quiet"],
      ["vendor/bin/phpunit"],
    ],
    [
      "bun's older lock",
      { "package.json": '{"scripts":{"test":"bun test"},"dependencies":{"a":"1"}}', "bun.lockb": "" },
      ["bun install --frozen-lockfile"],
      ["bun test"],
    ],
    [
      "yarn",
      { "package.json": '{"scripts":{"test":"jest"},"dependencies":{"a":"1"}}', "yarn.lock": "" },
      ["yarn install --frozen-lockfile"],
      ["yarn test"],
    ],
    [
      "uv",
      { "pyproject.toml": "[dependency-groups]\ndev = ['pytest']", "uv.lock": "" },
      ["uv sync --frozen"],
      ["uv run python -m pytest -q"],
    ],
    [
      "poetry",
      { "pyproject.toml": "[tool.poetry]\npytest = '*'", "poetry.lock": "" },
      ["poetry install --no-interaction --quiet"],
      ["poetry run python -m pytest -q"],
    ],
    ["pytest by its own file", { "pytest.ini": "[pytest]" }, [], ["python -m pytest -q"]],
    ["tox", { "tox.ini": "[tox]\n[testenv]\ncommands = nose" }, [], ["tox -q"]],
    [
      "unittest in one directory",
      { "setup.py": "", "tests/test_a.py": "", "tests/test_b.py": "" },
      [],
      ["python3 -m unittest discover -s tests"],
    ],
    ["unittest all over", { "a/test_a.py": "", "b/test_b.py": "" }, [], ["python3 -m unittest"]],
    [
      "a script's test beside a Go module",
      { "go.mod": "", "tools/test_x.py": "" },
      [],
      ["go vet ./...", "go test -v ./..."],
    ],
    ["maven", { "pom.xml": "" }, [], ["mvn --batch-mode test"]],
    ["maven with its wrapper", { "pom.xml": "", mvnw: "#!" }, [], ["./mvnw --batch-mode test"]],
    ["gradle", { "build.gradle.kts": "" }, [], ["gradle test"]],
    ["gradle with its wrapper", { "build.gradle": "", gradlew: "#!" }, [], ["./gradlew test"]],
    ["deno", { "deno.jsonc": "{}" }, [], ["deno test --allow-all"]],
    ["dotnet by its solution", { "src/App.sln": "" }, [], ["dotnet test"]],
    ["nothing known", { "README.md": "x" }, [], []],
  ])("finds the commands of %s", async (_, files, setup, checks) => {
    expect(await repository(files)).toEqual({ setup, checks });
  });
});
