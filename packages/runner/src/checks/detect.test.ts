import { describe, expect, it } from "vitest";
import { detect } from "./detect.ts";

function repository(files: Record<string, string>) {
  return detect(async (path) => files[path]);
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
    ["nothing known", { "README.md": "x" }, [], []],
  ])("finds the commands of %s", async (_, files, setup, checks) => {
    expect(await repository(files)).toEqual({ setup, checks });
  });
});
