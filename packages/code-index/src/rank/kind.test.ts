import { expect, it } from "vitest";
import { kindOf } from "./kind.ts";

it.each([
  [
    "code",
    `Latest.cs TestFoo.java app/news.py changes.py cmd/build/build.go django/utils/locale/x.py
      latest/foo.kt lib/news.ex locale/py/fr.py migration/foo.py security.go src/attest/a.go src/build.ts
      src/changed-together.ts src/conf.py src/config.ts src/contest/a.py src/env.ts src/history.ts
      src/latest.cs src/license.go src/migration.ts src/newsletter.py src/notice.rb src/security.py
      src/service.ts src/strings.py src/taskfile.ts src/workspace.ts workspace/x.ts x/build/y.ts`,
  ],
  [
    "test",
    `FooTest.java a/b_test.go fixtures/x.go packages/dts-test/foo.test-d.ts spec/x_spec.rb
      src/AParserTests.cs src/Foo.IntegrationTests/A.cs src/Foo.Tests/A.cs src/Polly.SharedSpecs/X.cs
      src/UnitTests/A.cs src/__fixtures__/a.ts src/test-utils/a.ts tests/x.py`,
  ],
  [
    "document",
    `CHANGELOG.md CHANGES CHANGES.rst History.md README.rdoc a.mdx doc/man.asc docs/a.py docs_src/a.py
      samples/a.cs`,
  ],
  [
    "settings",
    `.github/x.yml Build.ps1 CMakeLists.txt Dockerfile Gemfile Rakefile a.gemspec a.service build.cake
      build.rs dockerfile.dev jest.config.js lib/Makefile.am locale/fr/x.po requirements-dev.txt
      src/x.csproj vite.config.ts`,
  ],
] as const)("knows %s in every ecosystem", (kind, paths) => {
  const found = paths.split(/\s+/).map((path) => [path, kindOf(path)]);

  expect(found).toEqual(found.map(([path]) => [path, kind]));
});

it("reads a hostile path in no time", () => {
  const long = `${"a/".repeat(20_000)}${"test_".repeat(20_000)}.ts`;

  expect(kindOf(long)).toBe("test");
});
