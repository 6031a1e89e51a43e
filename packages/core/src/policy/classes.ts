/** How files of one class are known. All in lower case; `root` counts only at the top of the repository. */
export type PathClass = {
  /** For people: what such a file does, so what its change could do. */
  sentence: string;
  names: string;
  root?: string;
  /** Names with parts that vary. */
  like?: RegExp;
};

const CODE = "(?:[cm]?[jt]sx?|json[c5]?|ya?ml|toml|py|rb|lua|php|ini)";

/**
 * Files whose change could give the agent, or the next run, more power than this one has: other programs read
 * them as orders. The first class that has a path is its class.
 */
export const PATH_CLASSES = {
  agent: {
    sentence: "It tells coding agents what to do.",
    names: `agents.md agents.override.md agent.md claude.md claude.local.md gemini.md qwen.md codex.md jules.md
      warp.md crush.md opencode.md opencode.json opencode.jsonc kilo.md replit.md skill.md copilot-instructions.md
      mcp.json mcp_config.json mcp-config.json cline_mcp_settings.json claude_desktop_config.json
      gemini-extension.json conventions.md
      .mcp.json .cursorrules .cursorignore .windsurfrules .clinerules .roorules .roomodes .goosehints
      .aider.conf.yml .aiderignore .augment-guidelines .continuerules .rules`,
    like: /\.(?:instructions|prompt|chatmode|agent)\.md$|\.mdc$|^\.(?:clinerules|roorules)-/,
  },
  ci: {
    sentence: "It says what continuous integration runs.",
    names: `.gitlab-ci.yml .travis.yml .drone.yml .drone.star .drone.jsonnet .woodpecker.yml .woodpecker.yaml
      .cirrus.yml .cirrus.star .appveyor.yml appveyor.yml circle.yml bitbucket-pipelines.yml codefresh.yml
      wercker.yml shippable.yml buildkite.yml screwdriver.yaml bitrise.yml codemagic.yaml codeship-services.yml
      codeship-steps.yml dagger.json earthfile fastfile appfile action.yml action.yaml sonar-project.properties
      codecov.yml renovate.json renovate.json5 dependabot.yml build.cake harness.yml vela.yml .vela.yml`,
    like: /^jenkinsfile|^azure-pipelines.*\.ya?ml$|^(?:buildspec|cloudbuild).*\.(?:ya?ml|json)$|^\.gitlab-ci.*\.ya?ml$/,
  },
  hooks: {
    sentence: "It says what runs on everybody's machine at each commit.",
    names: `.pre-commit-config.yaml .pre-commit-hooks.yaml lefthook.yml lefthook.yaml lefthook.toml lefthook.json
      lefthook-local.yml .lefthook.yml .huskyrc .overcommit.yml captainhook.json grumphp.yml .lintstagedrc
      pre-commit pre-push commit-msg prepare-commit-msg post-checkout post-merge post-commit pre-rebase`,
  },
  ownership: {
    sentence: "It says who has to review what.",
    names: "codeowners owners owners_aliases",
  },
  packages: {
    sentence: "It says what is installed, and from where.",
    names: `package.json package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml pnpm-workspace.yaml
      pnpmfile.cjs .pnpmfile.cjs bun.lock bun.lockb bunfig.toml deno.json deno.jsonc deno.lock import_map.json jsr.json
      bower.json .npmrc .yarnrc .yarnrc.yml component.json
      pyproject.toml poetry.lock poetry.toml uv.lock uv.toml pdm.lock pdm.toml pylock.toml pipfile pipfile.lock
      setup.py setup.cfg manifest.in environment.yml environment.yaml conda-lock.yml meta.yaml pip.conf .pypirc
      pixi.toml pixi.lock hatch.toml
      go.mod go.sum go.work go.work.sum modules.txt gopkg.toml gopkg.lock glide.yaml
      cargo.toml cargo.lock rust-toolchain rust-toolchain.toml
      gemfile gemfile.lock gems.rb gems.locked .gemrc composer.json composer.lock
      pom.xml ivy.xml settings.xml gradle.lockfile libs.versions.toml verification-metadata.xml project.clj deps.edn
      packages.config packages.lock.json directory.packages.props nuget.config global.json paket.dependencies
      paket.lock paket.references mix.exs mix.lock rebar.config rebar.lock package.swift package.resolved podfile
      podfile.lock cartfile cartfile.resolved pubspec.yaml pubspec.lock stack.yaml stack.yaml.lock cabal.project
      cabal.project.freeze elm.json elm-package.json dune-project esy.json shard.yml shard.lock cpanfile
      cpanfile.snapshot renv.lock manifest.toml conanfile.py conanfile.txt conan.lock vcpkg.json
      vcpkg-configuration.json flake.nix flake.lock default.nix shell.nix spack.yaml brewfile brewfile.lock.json
      chart.yaml chart.lock helmfile.yaml helmfile.yml galaxy.yml requirements.yml buf.yaml buf.lock buf.gen.yaml
      west.yml idf_component.yml platformio.ini foundry.toml remappings.txt move.toml scarb.toml anchor.toml
      .tool-versions mise.toml .mise.toml .nvmrc .node-version .python-version .ruby-version .terraform.lock.hcl
      apt.txt packages.txt runtime.txt aqua.yaml devbox.json devbox.lock`,
    root: "description auth.json project.toml package.yaml opam",
    like: /^(?:requirements|constraints)[\w.-]*\.(?:txt|in)$|\.(?:gemspec|podspec|cabal|opam|nimble|rockspec|sbt|nuspec)$|\.(?:cs|fs|vb|vcx|sql|wix|es)proj$|^(?:environment|conda)[\w.-]*\.ya?ml$/,
  },
  test: {
    sentence: "It runs whenever tests or checks run, so it decides what they prove.",
    names: `conftest.py pytest.ini tox.ini noxfile.py nose.cfg sitecustomize.py usercustomize.py .coveragerc mypy.ini
      pylintrc .pylintrc ruff.toml .ruff.toml .flake8 phpunit.xml phpunit.xml.dist phpstan.neon phpstan.neon.dist psalm.xml
      codeception.yml behat.yml pest.php spec_helper.rb rails_helper.rb test_helper.rb test_helper.exs testthat.r
      .rspec .rubocop.yml cypress.json cypress.env.json testng.xml biome.json biome.jsonc knip.json tslint.json
      .golangci.yml .golangci.yaml clippy.toml checkstyle.xml .mocharc .jestrc bunit.runsettings vitest.workspace.ts
      vitest.workspace.js karma.conf.js`,
    like: new RegExp(
      `^(?:jest|vitest|playwright|cypress|ava|mocha|karma|protractor|wdio|nightwatch|codecept|testcafe)[\\w-]*\\.(?:[\\w-]+\\.)?(?:conf|config|setup|workspace|shared|base|preset)s?(?:\\.[\\w-]+)?\\.${CODE}$` +
        `|^(?:jest|vitest)[.-]?(?:setup|global|env|environment|preset)[\\w.-]*\\.${CODE}$` +
        `|^(?:setup-?tests?|test-?setup|global-?setup|global-?teardown)\\.[cm]?[jt]sx?$|\\.(?:runsettings|pth)$`,
    ),
  },
  container: {
    sentence: "It says what an image holds and starts.",
    names: `docker-bake.hcl docker-bake.json docker-entrypoint.sh entrypoint.sh devcontainer.json skaffold.yaml
      kustomization.yaml kustomization.yml tiltfile vagrantfile supervisord.conf .dockerignore`,
    like: /^(?:docker|container|proc)file(?:[._-](?!.*\.(?:[cm]?[jt]sx?|go|py|rb|java|kt|rs|cs|md|snap)$)|$)|\.(?:dockerfile|containerfile)$|^docker-compose|^(?:docker-|podman-)?compose[\w.-]*\.ya?ml$/,
  },
  deploy: {
    sentence: "It says what is deployed, and how.",
    names: `vercel.json now.json netlify.toml fly.toml render.yaml railway.json railway.toml cdk.json pulumi.yaml firebase.json
      amplify.yml appspec.yml samconfig.toml captain-definition nixpacks.toml wrangler.toml wrangler.json wrangler.jsonc
      crontab ansible.cfg dbt_project.yml apprunner.yaml zeabur.json static.json cloudformation.yml cloudformation.yaml`,
    root: "app.json app.yaml app.yml template.yaml template.yml",
    like: /^serverless(?:\.[\w-]+)?\.(?:ya?ml|json|[cm]?[jt]s)$|\.(?:tf|tfvars|hcl|nomad)(?:\.json)?$|^pulumi\.[\w-]+\.ya?ml$|\.(?:service|socket|timer)$/,
  },
  build: {
    sentence: "It runs whenever the project is built.",
    names: `makefile gnumakefile bsdmakefile cmakelists.txt cmakepresets.json configure configure.ac configure.in
      autogen.sh makefile.am makefile.in meson.build meson_options.txt meson.options sconstruct sconscript wscript build
      build.bazel workspace workspace.bazel workspace.bzlmod module.bazel buck buck2 justfile taskfile rakefile jakefile
      cakefile gruntfile gulpfile build.xml build.gradle build.gradle.kts settings.gradle settings.gradle.kts init.gradle
      gradlew gradlew.bat gradle.properties gradle-wrapper.properties gradle-wrapper.jar mvnw mvnw.cmd
      maven-wrapper.properties build.rs build.zig build.zig.zon build.ninja build.sc build.mill build.fsx build.ps1
      psakefile.ps1 magefile.go premake5.lua xmake.lua fabfile.py dodo.py snakefile dune makefile.pl build.pl
      conf.py mkdocs.yml mkdocs.yaml book.toml book.json hugo.toml hugo.yaml antora.yml _config.yml
      angular.json nx.json turbo.json lerna.json rush.json workspace.json ember-cli-build.js gatsby-node.js gatsby-node.ts
      gatsby-ssr.js craco.js config-overrides.js directory.build.props directory.build.targets directory.solution.props
      project.pbxproj binding.gyp wails.json capacitor.json`,
    root: "tasks.py build.sh build.py build.js build.ts build.mjs bootstrap bootstrap.sh project.json versioneer.py",
    like: new RegExp(
      `\\.config(?:\\.(?:base|common|dev|prod|production|development|local|shared))?\\.${CODE}$|\\.conf\\.[cm]?[jt]s$` +
        `|^(?:makefile|gruntfile|gulpfile|taskfile|justfile|rakefile|jakefile)\\.(?!.*\\b(?:snap|md|test|spec)\\b)` +
        `|^(?:webpack|rollup|vite|babel|postcss|esbuild|tsup|metro)\\.(?!.*\\b(?:test|spec)\\b)[\\w.-]+\\.[cm]?[jt]s$|^[tj]sconfig(?:\\.[\\w.-]+)?\\.json$` +
        `|\\.(?:mk|make|cmake|gradle|gradle\\.kts|bzl|bazel|rake|just|gyp|gypi|gn|props|targets|sln|slnx|slnf|xcconfig|pri|csx|nix|sublime-project|code-workspace)$`,
    ),
  },
  environment: {
    sentence: "It is a file that tools of a developer read and obey.",
    names: "",
    // Every other name that begins with a dot, but those that only list or describe files.
    like: /^\.(?!(?:git|docker|npm|prettier|eslint|stylelint|markdownlint|vscode|ember|hg|helm|gcloud|vercel|rg|ag)ignore$|(?:gitkeep|keep|editorconfig|mailmap|nojekyll|git-blame-ignore-revs|placeholder|htmlhintrc|ds_store)$)|\.env$/,
  },
} as const satisfies Record<string, PathClass>;

export type PathClassName = keyof typeof PATH_CLASSES;
