import { describe, expect, it } from "vitest";
import type { FileChange } from "../change-set.ts";
import { DEFAULT_SETTINGS, Settings } from "../settings.ts";
import { PATH_CLASSES, type PathClassName } from "./classes.ts";
import { judge } from "./judge.ts";
import { findSecrets } from "./secrets/find-secrets.ts";

/** Paths as repositories have them, a line's worth each; `none` is what a change is usually made of. */
const CORPUS: Record<PathClassName | "none", string> = {
  agent: `AGENTS.md docs/AGENTS.md Agents.md AGENTS.override.md CLAUDE.md CLAUDE.local.md sub/CLAUDE.md GEMINI.md QWEN.md
    codex.md WARP.md CRUSH.md opencode.json SKILL.md skills/pdf/SKILL.md copilot-instructions.md
    .github/copilot-instructions.md .github/instructions/ts.instructions.md prompts/review.prompt.md
    .github/chatmodes/plan.chatmode.md rules/style.mdc .mcp.json mcp.json .cursor/rules/a.mdc .cursor/mcp.json
    .cursorrules .windsurfrules .windsurf/rules/a.md .clinerules .clinerules/a.md .clinerules-code .roorules
    .roo/rules/a.md .roomodes .goosehints .aider.conf.yml .aiderignore .augment-guidelines .augment/rules/a.md
    .claude/settings.json .claude/commands/x.md .claude/agents/x.md web/.claude/hooks/pre.sh .codex/config.toml
    .gemini/settings.json .kiro/steering/a.md .junie/guidelines.md .kilocode/rules/a.md .continue/config.yaml
    .opencode/agent/a.md .amazonq/rules/a.md .trae/rules/a.md .agents/skills/a.md CONVENTIONS.md`,
  ci: `.github/workflows/ci.yml .github/workflows/release.yaml .github/actions/setup/action.yml action.yml
    actions/setup/action.yaml .github/dependabot.yml .gitlab-ci.yml .gitlab-ci-docs.yml .gitlab/ci/test.yml .circleci/config.yml circle.yml
    .travis.yml appveyor.yml .appveyor.yml Jenkinsfile Jenkinsfile.release ci/Jenkinsfile azure-pipelines.yml
    azure-pipelines-nightly.yml .azure-pipelines/build.yml bitbucket-pipelines.yml .drone.yml .drone.star .woodpecker.yml
    .woodpecker/test.yml .cirrus.yml .cirrus.star .buildkite/pipeline.yml .semaphore/semaphore.yml .tekton/pull.yaml
    .teamcity/settings.kts bamboo-specs/bamboo.yml buildspec.yml buildspec-test.yml cloudbuild.yaml cloudbuild-pr.yaml
    codefresh.yml wercker.yml shippable.yml screwdriver.yaml bitrise.yml codemagic.yaml codeship-services.yml
    ci_scripts/ci_post_clone.sh dagger.json Earthfile fastlane/Fastfile .gitea/workflows/ci.yml .forgejo/workflows/ci.yml
    sonar-project.properties codecov.yml renovate.json .harness/x.yaml build.cake`,
  hooks: `.husky/pre-commit web/.husky/commit-msg .pre-commit-config.yaml .pre-commit-hooks.yaml lefthook.yml
    lefthook-local.yml .githooks/pre-push hooks/pre-commit .overcommit.yml captainhook.json grumphp.yml .lintstagedrc`,
  ownership: "CODEOWNERS docs/CODEOWNERS .github/CODEOWNERS OWNERS pkg/api/OWNERS",
  packages: `package.json packages/a/package.json Package.json package-lock.json npm-shrinkwrap.json yarn.lock
    pnpm-lock.yaml pnpm-workspace.yaml .pnpmfile.cjs bun.lock bun.lockb bunfig.toml deno.json deno.jsonc deno.lock .npmrc sub/.npmrc
    .yarnrc.yml bower.json jsr.json requirements.txt requirements-dev.txt requirements/base.txt constraints.txt
    requirements.in pyproject.toml services/a/pyproject.toml poetry.lock uv.lock pdm.lock Pipfile Pipfile.lock setup.py
    lib/setup.py setup.cfg environment.yml pip.conf .pypirc pixi.toml go.mod tools/go.mod go.sum go.work vendor/modules.txt
    Cargo.toml crates/a/Cargo.toml Cargo.lock rust-toolchain.toml Gemfile Gemfile.lock shop.gemspec composer.json
    composer.lock auth.json pom.xml module/pom.xml ivy.xml gradle.lockfile gradle/libs.versions.toml build.sbt
    project.clj deps.edn src/App/App.csproj App.fsproj packages.config packages.lock.json Directory.Packages.props
    nuget.config NuGet.Config global.json paket.dependencies mix.exs mix.lock rebar.config Package.swift
    Package.resolved Podfile Podfile.lock Shop.podspec Cartfile pubspec.yaml pubspec.lock shop.cabal stack.yaml elm.json
    dune-project shop.opam shard.yml cpanfile DESCRIPTION renv.lock Project.toml Manifest.toml conanfile.py vcpkg.json flake.nix
    flake.lock shell.nix Brewfile charts/shop/Chart.yaml requirements.yml buf.gen.yaml west.yml platformio.ini foundry.toml
    .tool-versions mise.toml .nvmrc .python-version .terraform.lock.hcl`,
  test: `conftest.py tests/conftest.py tests/unit/conftest.py pytest.ini tox.ini noxfile.py sitecustomize.py jest.config.js
    packages/a/jest.config.ts jest.setup.ts jest-setup.js jest.preset.js vitest.config.ts vitest.workspace.ts vitest.setup.ts
    vitest.config.unit.ts playwright.config.ts cypress.config.js cypress.json karma.conf.js wdio.conf.ts
    protractor.conf.js nightwatch.conf.js ava.config.js src/setupTests.ts test/global-setup.ts test/globalTeardown.js phpunit.xml
    phpunit.xml.dist phpstan.neon codeception.yml behat.yml spec/spec_helper.rb spec/rails_helper.rb
    test/test_helper.rb test/test_helper.exs tests/testthat.R .rspec .rubocop.yml mypy.ini .coveragerc
    ruff.toml .flake8 pylintrc biome.json knip.json .golangci.yml checkstyle.xml testng.xml hack.pth test.runsettings`,
  container: `Dockerfile docker/Dockerfile.dev api.dockerfile Containerfile docker-compose.yml docker-compose.override.yml
    compose.yaml compose.prod.yml docker-bake.hcl docker-entrypoint.sh docker/entrypoint.sh devcontainer.json Procfile
    skaffold.yaml k8s/kustomization.yaml Tiltfile Vagrantfile .dockerignore`,
  deploy: `vercel.json netlify.toml fly.toml render.yaml railway.json app.json app.yaml serverless.yml serverless.ts cdk.json Pulumi.yaml
    Pulumi.prod.yaml firebase.json amplify.yml appspec.yml samconfig.toml template.yaml wrangler.toml wrangler.jsonc
    infra/main.tf infra/prod.tfvars terragrunt.hcl job.nomad deploy/shop.service ansible.cfg crontab nixpacks.toml`,
  build: `Makefile src/Makefile GNUmakefile Makefile.am build/rules.mk CMakeLists.txt lib/CMakeLists.txt cmake/find.cmake
    configure configure.ac autogen.sh meson.build SConstruct wscript BUILD BUILD.bazel pkg/BUILD.bazel WORKSPACE MODULE.bazel
    tools/defs.bzl BUCK Justfile justfile Taskfile.yml Rakefile lib/tasks/a.rake Gruntfile.js gulpfile.js gulpfile.babel.js build.xml
    build.gradle app/build.gradle.kts settings.gradle gradlew gradlew.bat gradle.properties gradle/wrapper/gradle-wrapper.jar
    buildSrc/src/main/kotlin/x.kt mvnw mvnw.cmd build.rs build.zig build.ninja magefile.go tasks.py fabfile.py dodo.py Snakefile
    docs/conf.py mkdocs.yml book.toml _config.yml angular.json nx.json turbo.json lerna.json rush.json tsconfig.json
    tsconfig.build.json jsconfig.json webpack.config.js webpack.common.js webpack.prod.ts vite.config.ts rollup.config.mjs
    babel.config.js postcss.config.cjs tailwind.config.ts next.config.mjs nuxt.config.ts eslint.config.js prettier.config.js
    astro.config.mjs metro.config.js svelte.config.js commitlint.config.js drizzle.config.ts ember-cli-build.js gatsby-node.js
    craco.config.js Directory.Build.props build.targets Shop.sln ios/Shop.xcodeproj/project.pbxproj ios/a.xcconfig binding.gyp
    build.sh bootstrap.sh shop.code-workspace dune Makefile.PL app.config.js`,
  environment: `.env .env.local .env.production web/.env.example config/prod.env .envrc .bashrc .profile .gitconfig .eslintrc
    .eslintrc.json sub/.eslintrc.js .prettierrc .prettierrc.js .babelrc .swcrc .browserslistrc .stylelintrc.json .vimrc .exrc
    .dir-locals.el .gdbinit .lldbinit .irbrc .pryrc .Rprofile .inputrc .vscode/tasks.json .vscode/settings.json
    .idea/runConfigurations/a.xml .fleet/run.json .devcontainer/setup.sh .config/x.toml .yarn/releases/yarn.cjs .mvn/jvm.config
    .cargo/config.toml .bundle/config .storybook/main.ts .changeset/config.json .github/FUNDING.yml .vs/a.json .unknown`,
  none: `README.md readme.md CHANGELOG.md LICENSE docs/index.md docs/guide/agents.html docs/makefile-guide.md
    src/index.ts src/config.ts src/config/index.ts src/config.json src/app/app.config.ts src/app/app.config.server.ts
    src/app/features/cart/cart.config.ts src/agents.ts src/agent/index.py src/claude.ts src/build.ts src/build/index.ts
    src/package.ts src/packages.json lib/requirements.py src/setup.ts src/test/setup.py.md tests/test_setup.py
    tests/test_conftest.py tests/conftest_data.json src/conftest.ts src/docker.ts src/dockerfile-parser.ts src/compose.ts
    lib/composer.rb src/hooks/usePrecommit.ts src/hooks/index.ts app/tasks.py worker/tasks.py src/app.json src/auth.json web/app.yaml
    src/makefile.ts.snap src/jest.ts src/vitest/run.ts test/sum.test.ts test/vite.config.test.ts __tests__/a.test.js
    tests/unit/test_sum.py spec/models/user_spec.rb src/main.go pkg/sum/sum.go pkg/sum/sum_test.go internal/go.mod.go
    src/lib.rs src/main.rs tests/sum.rs benches/sum.rs src/main/java/com/acme/Sum.java src/test/java/com/acme/SumTest.java
    src/main/resources/application.yml src/main/resources/application.properties app/models/user.rb app/views/users/show.html.erb
    config/routes.rb config/database.yml db/migrate/1_a.rb db/schema.sql lib/shop.ex lib/shop_web/router.ex
    Shop/Program.cs Shop/appsettings.json Shop/Views/Home/Index.cshtml Sources/Shop/Sum.swift Shop/AppDelegate.swift
    app/src/main/AndroidManifest.xml app/src/main/res/values/strings.xml lib/main.dart src/Sum.hs src/sum.ml src/sum.cr
    src/Sum.elm lib/Shop.pm R/sum.R src/sum.jl src/sum.c include/sum.h src/sum.cpp src/sum.zig src/sum.lua
    src/components/Button.tsx src/components/Button.module.css styles/main.scss public/index.html public/robots.txt
    public/manifest.json public/logo.svg assets/logo.png assets/font.woff2 locales/en.json data/cities.csv
    examples/hello.py examples/config.yaml notebooks/a.ipynb proto/shop.proto schema.graphql openapi.yaml
    src/env.ts src/environment.ts src/environments/environment.ts src/dotenv.rs src/gitignore.ts .gitignore sub/.gitignore
    .gitkeep src/.gitkeep .editorconfig .prettierignore .eslintignore .mailmap .nojekyll scripts/seed.sql
    k8s/deployment.yaml charts/shop/templates/service.yaml src/terraform.ts src/service.ts src/owners.ts
    src/codeowners.go src/jenkins.ts src/workflows/ci.ts src/github/workflows.ts docs/ci.md
    src/pipeline.yml src/renovate.ts src/webpack.ts src/rollup/index.js src/vite-plugin.ts src/tsconfig.ts src/gradle.ts
    src/pom.ts src/maven/pom.go src/cargo.ts src/build_info.py src/workspace.ts src/module.ts src/configure.ts`,
};

const rows = Object.entries(CORPUS).flatMap(([name, paths]) =>
  paths
    .trim()
    .split(/\s+/)
    .map((path) => [path, name] as const),
);

function rulesOf(path: string, settings = DEFAULT_SETTINGS): string[] {
  const file: FileChange = { kind: "write", path, mode: "100644", baseMode: "100644", contentBase64: "eA==" };
  const changeSet = { baseSha: "a".repeat(40), title: "t", summary: "s", files: [file] };
  return judge(changeSet, settings, findSecrets).findings.map(({ rule }) => rule);
}

describe("the policy knows what executes", () => {
  it("has a corpus that is worth its name", () => {
    expect(rows.length).toBeGreaterThanOrEqual(300);
    expect(new Set(rows.map(([path]) => path)).size).toBe(rows.length);
  });

  it.each(Object.keys(CORPUS) as (PathClassName | "none")[])(
    "%s: no path of the corpus is taken for another",
    (name) => {
      const wanted = name === "none" ? [] : [`path.${name}`];
      const wrong = rows
        .filter(([, of]) => of === name)
        .map(([path]) => [path, rulesOf(path)] as const)
        .filter(([, rules]) => rules.join() !== wanted.join());

      expect(wrong).toEqual([]);
    },
  );

  it("says in one sentence what a file of each class does", () => {
    for (const { sentence } of Object.values(PATH_CLASSES)) expect(sentence).toMatch(/^It [^.]+\.$/);
  });

  it("leaves the last word to a repository's settings", () => {
    const settings = Settings.parse({
      policy: { allow: ["tests/conftest.py", ".github/"], protected: ["src/core/"] },
    });

    expect(rulesOf("tests/conftest.py", settings)).toEqual([]);
    expect(rulesOf(".github/workflows/ci.yml", settings)).toEqual([]);
    expect(rulesOf("conftest.py", settings)).toEqual(["path.test"]);
    expect(rulesOf("src/core/a.ts", settings)).toEqual(["path.protected"]);
  });
});
