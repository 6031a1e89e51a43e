import { toxOf } from "./ecosystems/tox.ts";
import type { Ecosystem, Machine, Repository } from "./plan.ts";

type Asked = { repository: Repository; machine: Machine; directory: string; run: string };
/** `unless`: the setup has a command like that already. */
export type Change = { setup: string[]; checks: string[]; from?: string; unless?: RegExp };

/** What each ecosystem's checks need fetched, and how they are run without a network. */
const TABLE: Readonly<Partial<Record<Ecosystem, (asked: Asked) => Change | undefined>>> = {
  maven({ run }) {
    const bare = run
      .replaceAll(/\s(?:clean|validate|generate-sources|compile)(?=\s|$)/g, "")
      .replaceAll(/\s(?:verify|install|package|integration-test|deploy)(?=\s|$)/g, " test");
    const check = bare.replaceAll(/(?: test)+(?=\s|$)/g, " test");
    // One test that is not there makes Maven fetch the plugins and providers that run tests, and compile.
    return {
      setup: [`${check} -Dtest=NoneOfThem -Dsurefire.failIfNoSpecifiedTests=false -DfailIfNoTests=false`],
      checks: [check],
    };
  },
  gradle({ repository, directory, run }) {
    const check = run
      .replaceAll(/\s(?:clean|assemble|--scan|publish\S*)(?=\s|$)/g, "")
      .replaceAll(/\s(?:build|check)(?=\s|$)/g, " test");
    const wrapper = repository.text(
      `${directory === "" ? "" : `${directory}/`}gradle/wrapper/gradle-wrapper.properties`,
    );
    const [, major = "0", minor = "0"] = /gradle-(\d+)\.(\d+)/.exec(wrapper ?? "") ?? [];
    const isNew = Number(major) > 8 || (Number(major) === 8 && Number(minor) >= 3);
    const program = check.split(" ")[0] ?? "gradle";
    // A dry run of the tests resolves all they need; before 8.3 a test that is not there does.
    const fetch = isNew
      ? `${check} --test-dry-run`
      : `${check} --continue --tests NoneOfThem || ${program} testClasses`;
    return { setup: [fetch], checks: [check] };
  },
  go: ({ repository, directory, run }) =>
    repository.has(`${directory === "" ? "" : `${directory}/`}vendor/modules.txt`)
      ? undefined
      : {
          setup: ["go mod download"],
          checks: [run.replace(/\s-coverprofile(?:=|\s)\S+/, "")],
          unless: /^go mod (?:download|tidy)|go get|go mod vendor/,
        },
  rust({ repository, machine, directory, run }) {
    const locked = repository.has(`${directory === "" ? "" : `${directory}/`}Cargo.lock`) ? " --locked" : "";
    const setup = [`cargo fetch${locked}`];
    const plain = run
      .replace(/^((?:\S+=\S+ )*)(?:cross|\$\{?CARGO\}?)\b/, "$1cargo")
      .replace(/cargo \+(?:nightly|stable|beta)\S*/, "cargo");
    if (/cargo nextest/.test(plain) && !machine.has("cargo-nextest")) {
      return {
        setup,
        checks: [
          plain
            .replace(/cargo nextest run/, "cargo test")
            .replace(/\s(?:--profile \S+|--no-fail-fast|--partition \S+|-E \S+)/g, ""),
        ],
        unless: /cargo fetch/,
      };
    }
    if (/cargo (?:hack|llvm-cov|tarpaulin)/.test(plain))
      return {
        setup,
        checks: [
          plain
            .replace(/cargo (?:hack|llvm-cov|tarpaulin)(?: test| nextest)?/, "cargo test")
            .replaceAll(
              /\s--(?:each-feature|feature-powerset|no-dev-deps|lcov|output-path \S+|out \S+|optional-deps|html|xml)\b/g,
              "",
            ),
        ],
        unless: /cargo fetch/,
      };
    return { setup, checks: [plain], unless: /cargo fetch/ };
  },
  scala: ({ run }) => ({ setup: ["sbt update Test/compile"], checks: [run], unless: /Test\/compile/ }),
  dotnet: ({ run }) => ({
    setup: ["dotnet restore"],
    checks: [run.replace(/\s--collect(?::|\s)\S+/, "").replace(/\s--no-build\b/, " --no-restore")],
    unless: /dotnet (?:restore|build)/,
  }),
  elixir: ({ run }) => ({
    setup: ["mix local.hex --force --if-missing && mix deps.get"],
    checks: [run.replace(/^((?:\S+=\S+ )*)mix coveralls\S*/, "$1mix test")],
    unless: /deps\.get|mix setup/,
  }),
  python: ofPython,
};

export function setupBy(ecosystem: Ecosystem, asked: Asked): Change | undefined {
  return TABLE[ecosystem]?.(asked);
}

/** tox, nox, hatch and `uv run` install when they start. */
function ofPython({ repository, directory, run }: Asked): Change | undefined {
  const flags =
    /^((?:\w+=\S+ )*)uv run((?:\s+(?:--(?:group|only-group|extra|package|python|with|with-requirements|no-group|resolution)(?:=|\s+)\S+|--[\w-]+|-p \S+))*)\s+(.*)$/s.exec(
      run,
    );
  const inner = flags?.[3] ?? run;
  const tool = /(?:^|\s)(tox|nox)(?:\s|$)/.exec(` ${inner}`)?.[1];
  if (tool === "tox") return ofTox(repository, directory, run);
  if (tool === "nox") return ofNox(inner);
  if (flags !== null && flags !== undefined) {
    const [, env = "", given = ""] = flags;
    const offline = given.replaceAll(/\s--(?:locked|frozen|refresh|exact|isolated|no-sync)\b/g, "");
    const setup = given.includes("--no-sync") ? [] : [`${env}uv run${given} python --version`];
    return {
      setup,
      checks: [`${env}uv run --no-sync${offline} ${inner}`],
      unless: given === "" ? /uv sync/ : /$^/,
    };
  }
  if (/^hatch test\b/.test(run)) return { setup: ["hatch test -- --version"], checks: [run] };
  if (/^hatch run\b/.test(run))
    return { setup: ["hatch env create"], checks: [run], unless: /hatch env create/ };
  return undefined;
}

function ofTox(repository: Repository, directory: string, run: string): Change | undefined {
  const asked = /(?:\s-e|\s--env|TOX_?ENV=)[\s=]?'?([^\s',]+)/.exec(run)?.[1];
  const name =
    asked === undefined || /^py[\d.]*$/.test(asked) ? undefined : asked.replace(/^(?:py)?\d[\d.]*t?-/, "");
  const read =
    toxOf(repository, directory, name) ??
    (name === undefined ? undefined : toxOf(repository, directory, undefined));
  if (read !== undefined)
    return { setup: read.setup, checks: read.checks.map((check) => check.run), from: read.from };
  // The project stays where it is edited, or tests would see it as it was before the change.
  const env = `tox run -e ${name ?? "py"} -x testenv.package=editable`;
  return { setup: [`${env} --notest`], checks: [`${env} --skip-pkg-install`] };
}

function ofNox(run: string): Change {
  const session = /\s(?:-s|--session|-e|--sessions)[\s=]+([\w.()='"-]+)/
    .exec(run)?.[1]
    ?.replace(/-[\d.]+$/, "");
  const wanted = session ?? "tests";
  return { setup: [`nox --session ${wanted} --install-only`], checks: [`nox --session ${wanted} -R`] };
}
