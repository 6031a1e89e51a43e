import type { Ecosystem, Kind } from "./plan.ts";

export type Class = { kind: Kind; ecosystem: Ecosystem };

/** A command that must not, or cannot, be run here; `why` is for people, undefined: nobody misses it. */
export type Verdict = Class | { skip: string | undefined };

const SKIPPED: readonly [RegExp, string | undefined][] = [
  [/\bsecrets\.|\$\{?\w*(?:TOKEN|SECRET|PASSWORD|API_KEY)\b/, "needs a secret"],
  [
    /\b(?:docker|docker-compose|podman|buildah|kubectl|helm|terraform|vagrant|kind create)\b/,
    "needs containers or a cluster",
  ],
  [
    /\b(?:npm|pnpm|yarn|lerna|cargo|poetry|uv|pdm|hatch|gem|mix|composer) publish\b|\btwine upload|\bchangeset (?:publish|version)|\bsemantic-release\b|\bgoreleaser\b|\bnpx? release\b|hex\.publish|\bdotnet nuget push|\brelease-it\b/,
    "publishes",
  ],
  [/\b(?:aws|gcloud|az|netlify|vercel|flyctl|heroku|wrangler|firebase|rsync|scp|ssh)\s/, "deploys"],
  [
    /\b(?:codecov|coveralls|codacy|cc-test-reporter|bashupload|sonar-scanner|sonar:sonar|fossa)\b|\bcoverage (?:xml|html|report|combine|lcov|json|erase)\b/,
    undefined,
  ],
  [/\bgit (?:push|commit|tag|config|fetch|clone|checkout|diff|status|submodule)\b|^gh\s/, undefined],
  [
    /\binstall[-_](?:packages|system|apt)|\b(?:apt|ubuntu)[-_]install|\b(?:sudo|apt-get|apt|brew|choco|yum|dnf|apk|pacman|snap|rustup|sdkmanager)\s/,
    "installs system packages",
  ],
  [/\bplaywright install\b|\bpuppeteer browsers\b|\bcypress install\b/, "installs browsers"],
  [
    /^(?:echo|printf|ls|cat|pwd|env|printenv|exit|true|touch|mkdir|cp|mv|rm|tar|unzip|curl|wget|date|whoami|uname|df|free|which|sed|tree|find|id|ulimit|chmod|sleep|tee|perl|head|tail)\b/,
    undefined,
  ],
  [
    /^\S+ (?:--version|-version|-v|-V|version|env)$|^(?:npm|yarn|pnpm) config\b|\bcorepack (?:enable|prepare|install|disable|--)|\bnpm (?:i|install)(?: -g| --global| --location=global)+ (?:npm|corepack|pnpm|yarn|bun)\b|\bnpm (?:i|install) \S+ (?:-g|--global)$/,
    undefined,
  ],
  [
    /\b(?:npm|yarn|pnpm) (?:audit|outdated|cache|pack|why|ls|list|dedupe)\b|\bcargo (?:audit|deny|outdated|semver-checks|package|install|binstall|bench|doc|update|tree|vendor|llvm-cov report)\b|\bgo (?:env|version|list|fix|clean)\b|\bcomposer config\b|\bmix clean\b/,
    undefined,
  ],
];

type Row = readonly [RegExp, Kind, Ecosystem];

/** The first row that fits says what a command is. Order counts: what is more telling stands first. */
const ROWS: readonly Row[] = [
  // Node
  [
    /^(?:npm|pnpm|yarn|bun|corepack (?:pnpm|yarn))\s+(?:(?:--\S+|-[a-zA-Z]+|workspaces? \S+)\s+)*(?:ci|i|install|add|clean-install|bootstrap)\b|^yarn(?:\s+--\S+)*$|^(?:npx )?lerna bootstrap|^npm install-(?:ci-)?test\b/,
    "install",
    "node",
  ],
  [
    /^(?:npm|pnpm|yarn|bun)\b.*?\s(?:type-?check|check-?types?|types?:check|test:types?|tsc|test-types|types|check:types?|test:tsd?|test:dtypes|test-dts(?:-only)?|test:typescript)\b|^(?:(?:npx|bunx|pnpm exec|yarn) )?(?:tsc|vue-tsc|tsd|attw)\b(?!.*(?:--build|-b\b))/,
    "types",
    "node",
  ],
  [
    /^(?:npm|pnpm|yarn|bun|npx|bunx)\b.*?\s(?:(?:lint|eslint|prettier|biome|oxlint|format|fmt|standard|knip|stylelint|cspell|depcheck|publint|spell|spellcheck|markdownlint)\b|(?:check|test|fix)[:-](?:format|lint|style|prettier|spelling|production-lint)|xo\b)|^(?:eslint|prettier|biome|standard)\b/,
    "lint",
    "node",
  ],
  [
    /^(?:npm|pnpm|yarn|bun)\b.*?\s(?:run(?:-script)?\s+)?(?:[\w-]+:)?(?:e2e|integration|playwright|cypress|bench(?:mark)?)\b|\b(?:playwright|cypress) (?:test|run)\b/,
    "test",
    "node",
  ],
  [
    /^(?:npm|pnpm|yarn|bun|corepack (?:pnpm|yarn)|npx (?:lerna|turbo|nx)|lerna|turbo|nx)\b.*?(?:\s|:|=)(?:tests?|t|unit|tst|run-tests?|coverage|mocha|jest|vitest|ava|tap|spec|karma|test[:-][\w:.-]+|unit[:-][\w:-]+|[\w-]+:test|ci:test|citest|test-ci)(?:\s|$)/,
    "test",
    "node",
  ],
  [
    /^(?:(?:npx|bunx|pnpm exec|yarn|c8|nyc|npx c8|npx nyc) )?(?:vitest|jest|mocha|ava|tap|borp|jasmine|uvu|karma)\b|^node (?:--\S+ )*--test\b|^node \S*(?:test|spec)\S*/,
    "test",
    "node",
  ],
  [
    /^(?:npm|pnpm|yarn|bun|npx|turbo|nx|lerna)\b.*?\s(?:[\w-]+:)*(?:build|compile|prepare|bundle|generate|codegen|dist|prebuild|postinstall|tsc|setup|build[:-][\w:-]+|prisma generate|prepack)\b/,
    "build",
    "node",
  ],
  [/^(?:npm|pnpm|yarn|bun) run (?:check|ci|verify|validate)\b/, "test", "node"],
  [/^deno (?:cache|install)\b/, "install", "deno"],
  [/^deno (?:task )?test\b/, "test", "deno"],
  [/^deno (?:lint|fmt)\b|^deno task lint/, "lint", "deno"],
  [/^deno check\b/, "types", "deno"],
  // Python
  [
    /^(?:python[\d.]*|py) -m (?:build|venv|virtualenv|ensurepip)\b|^(?:virtualenv|uv venv)\b/,
    "install",
    "python",
  ],
  [
    /^(?:(?:python[\d.]*|py|uv) (?:-m )?)?pip[\d.]* (?:--?\S+ )*(?:install|sync|uninstall)\b|^uv (?:sync|pip|venv|tool install|python install|lock)\b|^(?:poetry|pdm|pipenv) (?:install|sync|update|lock|config|self)\b|^hatch env create|^pip-sync\b|^conda (?:install|env)|^pipx install|^(?:poetry|pdm) run pip install|^python[\d.]* setup\.py (?:develop|install|build_ext|build)\b/,
    "install",
    "python",
  ],
  [
    /(?:^|\s)(?:mypy|pyright|basedpyright|pytype|pyre|ty check)\b|(?:tox|nox)\b.*\s\S*(?:typing|mypy|pyright|types)\b|^hatch run \S*types?\b/,
    "types",
    "python",
  ],
  [
    /(?:^|\s)(?:ruff|black|flake8|isort|pylint|pre-commit|prek|codespell|pydocstyle|bandit|pyupgrade|yapf|autopep8|interrogate|towncrier|twine check|check-manifest|doc8)\b|(?:tox|nox)\b.*\s\S*(?:lint|style|docs|format|fmt)\b/,
    "lint",
    "python",
  ],
  [
    /(?:^|\s|\/)(?:pytest|py\.test|unittest|nosetests|trial|tox|nox|behave|stestr|green|zope-testrunner|runtests\.py|manage\.py test|hatch (?:run )?(?:\S+:)?(?:test|cov|all)\S*)(?:\s|$)|^python[\d.]* \S*(?:run_?)?tests?\S*\.py\b|^python[\d.]* setup\.py test|^(?:poetry|pdm|pipenv|uv) run (?:\S*:)?(?:test|tests|coverage run)\b|^coverage run\b|^pdm (?:run )?test/,
    "test",
    "python",
  ],
  // Go
  [/^go (?:mod (?:download|tidy|vendor|verify)|get|install|work sync|generate)\b/, "install", "go"],
  [/^go (?:build)\b/, "build", "go"],
  [/^(?:go vet|gofmt|gofumpt|golangci-lint|staticcheck|goimports|revive)\b/, "lint", "go"],
  [
    /^(?:go test|gotestsum|richgo test|ginkgo|go run \S*mage\S* \S*test|mage (?:-v )?\S*(?:test|check)\S*)/i,
    "test",
    "go",
  ],
  // Rust
  [/^cargo (?:\+\S+ )?fetch\b/, "install", "rust"],
  [/^cargo (?:\+\S+ )?(?:clippy|fmt)\b|^rustfmt\b/, "lint", "rust"],
  [/^(?:cargo|cross|\$\{?CARGO\}?|\$\{\{ env\.CARGO \}\}) (?:\+\S+ )?(?:build|check)\b/, "build", "rust"],
  [
    /^(?:cargo|cross|\$\{?CARGO\}?) (?:\+\S+ )?(?:test|t|nextest|hack|llvm-cov|tarpaulin|xtask \S*test\S*|make test)\b/,
    "test",
    "rust",
  ],
  // JVM
  [
    /^(?:\.\/|bash )?mvnw?\b.*\s(?:test|verify|surefire:test|package|install|integration-test)\b(?!.*-D(?:skipTests|maven\.test\.skip)\b(?!=false))/,
    "test",
    "maven",
  ],
  [/^(?:\.\/|bash )?mvnw?\b/, "build", "maven"],
  [
    /^(?:\.\/|bash )?gradlew?\b.*(?:\s|:)(?:test|check|build|allTests|jvmTest|unitTest\w*|test\w*UnitTest)\b(?!.*-x test)/,
    "test",
    "gradle",
  ],
  [
    /^(?:\.\/|bash )?gradlew?\b.*\b(?:spotless\w*|checkstyle\w*|ktlint\w*|detekt|lint\w*)\b/,
    "lint",
    "gradle",
  ],
  [/^(?:\.\/|bash )?gradlew?\b/, "build", "gradle"],
  [/^sbt\b.*\btest/i, "test", "scala"],
  [/^sbt\b.*\b(?:scalafmt|scalafix|headerCheck)/, "lint", "scala"],
  [/^sbt\b/, "build", "scala"],
  // .NET
  [/^dotnet (?:tool )?restore\b|^nuget restore|^dotnet workload/, "install", "dotnet"],
  [/^dotnet test\b|^dotnet run .*[Tt]est/, "test", "dotnet"],
  [/^dotnet format\b/, "lint", "dotnet"],
  [/^dotnet (?:build|publish|pack)\b/, "build", "dotnet"],
  // Ruby
  [
    /^(?:bundle (?:install|update|config|check)|gem install|bundle$|bin\/setup|script\/bootstrap)\b/,
    "install",
    "ruby",
  ],
  [/\brubocop\b|^(?:bundle exec )?(?:standardrb|erblint|reek|steep|srb)\b|script\/fmt/, "lint", "ruby"],
  [
    /^(?:bundle exec |bin\/|\.\/bin\/)?(?:rspec|cucumber|minitest|m)\b|^(?:bundle exec |bin\/)?(?:rake|rails)(?:\s+\S+)*\s*\b(?:test|spec|default|ci)\S*|^bundle exec rake$|^rake$|^(?:bash )?script\/(?:test|cibuild|unit-test|rspec|cucumber)\b/,
    "test",
    "ruby",
  ],
  // PHP
  [/^composer (?:\S+ )*?(?:install|update|require|remove|config|dump-autoload)\b/, "install", "php"],
  [/\b(?:phpstan|psalm|phan)\b/, "types", "php"],
  [
    /\b(?:phpcs|php-cs-fixer|pint|ecs|rector|phplint|parallel-lint)\b|^composer (?:run |run-script )?(?:lint|cs|style|validate|normalize)/,
    "lint",
    "php",
  ],
  [
    /(?:^|\/|\s)(?:phpunit|pest|simple-phpunit|codecept run|paratest|phpspec|behat)\b|^composer (?:run |run-script )?\S*test\S*|^php artisan test/,
    "test",
    "php",
  ],
  // Elixir
  [/^mix (?:local\.|deps\.get|archive\.install|setup)/, "install", "elixir"],
  [/^mix (?:format|credo|dialyzer|deps\.unlock|hex\.audit|docs)/, "lint", "elixir"],
  [/^mix (?:do )?(?:compile|deps\.compile|ecto\.)/, "build", "elixir"],
  [/^mix (?:\S+ )?(?:test|coveralls)/, "test", "elixir"],
  // C, C++ and whatever else is made
  [
    /^(?:\.\/)?(?:configure|autogen\.sh|buildconf|bootstrap(?:\.sh)?)\b|^autoreconf\b|^cmake (?!--build|--install|-E|-P)|^meson (?:setup|configure)\b|^conan install|^vcpkg install/,
    "install",
    "native",
  ],
  [
    /^cmake --build\b.*(?:--target|-t)\s+\S*(?:test|check)\S*|^(?:ctest|meson test|bats|prove)\b|^ninja\b.*\b(?:test|check)\b/,
    "test",
    "native",
  ],
  [/^(?:cmake --build|meson compile|ninja|samu)\b/, "build", "native"],
  [
    /^(?:g?make|just|task|invoke|inv|mage|earthly|bazel|bazelisk|pants|buck2|rake)\b.*\s(?:lint|fmt|format|style|vet)\S*/,
    "lint",
    "task",
  ],
  [
    /^(?:bazel|bazelisk|pants|buck2|g?make|just|task|invoke|inv)\b.*(?:\s|=)(?:\S*(?:test|check|spec)\S*|ci|unit|verify)(?:\s|$)/,
    "test",
    "task",
  ],
  [/^g?make\b(?=.*\s(?:deps|install|setup|init|bootstrap|dev|develop|tools)\b)/, "install", "task"],
  [/^(?:g?make|just|task|bazel|bazelisk)\b/, "build", "task"],
  // Scripts of its own, by their names
  [
    /^(?:(?:ba|z)?sh (?:-\w+ )?)?(?:\.\/)?(?:[\w.-]+\/)*(?:[\w]+[-_])*(?:run-?_?tests?|runtests?|tests?|cibuild|check)(?:[-_][\w-]+)?(?:\.(?:sh|bash|py|rb|pl))?(?:\s|$)/,
    "test",
    "task",
  ],
  [
    /^(?:(?:ba|z)?sh (?:-\w+ )?)?(?:\.\/)?[\w./-]*(?:lint|format|fmt)[\w-]*(?:\.(?:sh|bash|py))?(?:\s|$)/,
    "lint",
    "task",
  ],
  [
    /^(?:(?:ba|z)?sh (?:-\w+ )?)?(?:\.\/)?[\w./-]*(?:install|setup|bootstrap|deps|prepare|build|generate)[\w-]*(?:\.(?:sh|bash|py))?(?:\s|$)/,
    "install",
    "task",
  ],
];

const KINDS: readonly Kind[] = ["test", "types", "lint", "install", "build"];

/** What a statement of a CI script is for; undefined where nothing tells. */
export function classify(statement: string): Verdict | undefined {
  const parts = partsOf(statement);
  const verdicts = parts.map(classifyOne);
  const classes = verdicts.flatMap((verdict) =>
    verdict !== undefined && "kind" in verdict ? [verdict] : [],
  );
  const strongest = KINDS.flatMap((kind) => classes.find((one) => one.kind === kind) ?? [])[0];
  const skipped = verdicts.find((verdict) => verdict !== undefined && "skip" in verdict);
  // What publishes or needs a secret in a script that stays whole takes the script with it.
  if (skipped !== undefined && "skip" in skipped && (skipped.skip !== undefined || strongest === undefined)) {
    return skipped;
  }
  return strongest;
}

function partsOf(statement: string): string[] {
  const body = statement.replace(/^bash -e -c '/, "").replace(/^set -e\n/, "");
  return body
    .split(/\n|&&|\|\||;/)
    .map((part) => part.trim().replace(/^(?:if|then|else|do|!|\()\s+/, ""))
    .filter((part) => part !== "" && !/^(?:cd|export|source|fi|done|else|popd|pushd)\b/.test(part));
}

function classifyOne(part: string): Verdict | undefined {
  const bare = part
    .replace(/^(?:[A-Za-z_]\w*=(?:'[^']*'|"[^"]*"|\S*)\s+)+/, "")
    .replace(/^(?:xvfb-run(?: -\S+)*|env|time|exec|dbus-run-session --|npx dotenv --) /, "");
  for (const [pattern, why] of SKIPPED) if (pattern.test(bare)) return { skip: why };
  const inner = /^(?:uv|poetry|pdm|pipenv) run (?:--?\S+ )*(.*)$/.exec(bare)?.[1];
  const row = ROWS.find(([pattern]) => pattern.test(bare));
  if (row !== undefined) return { kind: row[1], ecosystem: row[2] };
  const started = inner === undefined ? undefined : ROWS.find(([pattern]) => pattern.test(inner));
  return started === undefined ? undefined : { kind: started[1], ecosystem: "python" };
}
