/** What a file is for, by its path. Questions are mostly answered by code. */
export type Kind = "code" | "test" | "document" | "settings";

/** A list of alternatives, as a piece of an expression. */
const anyOf = (words: string) => `(?:${words.trim().split(/\s+/).join("|")})`;

const TEST_FOLDERS =
  anyOf(`tests? __tests?__ specs? testing __testutils__ test-?utils? testdata __mocks__ __fixtures__
  fixtures? e2e (?:unit|integration|functional|acceptance|e2e|system)[._-]?tests? [^/]*[._-](?:tests?|specs?)`);
const TEST_FILES = anyOf(`test_[^/]* conftest[^/]* [^/]*[._-](?:tests?|specs?|test-d|stories)\\.[a-z]+`);
/** Where a word begins with a capital: `Foo.IntegrationTests/`, `SharedSpecs/`, `ParserTests.cs`; not `latest.cs`. */
const TEST_NAMES =
  /(?:^|[a-z0-9.])(?:Tests?|Specs?)(?:\/|\.(?:java|kts?|cs|fs|vb|swift|scala|groovy|php|dart|m|mm|cpp|cc)$)/;
const TEST = new RegExp(`(?:^|/)(?:${TEST_FOLDERS}/|${TEST_FILES}$)`, "i");

const DOCUMENT_FOLDERS = anyOf(`(?:api)?docs?(?:[_-]src)? documentation _?examples? samples? demos? tutorials?
  playgrounds? benchmarks? changes changelogs? \\.?changesets? newsfragments? website`);
const DOCUMENT_NAMES =
  anyOf(`changes? changelog history news readme authors contributors contributing licen[cs]e
  notice security code_of_conduct release[_-]?notes upgrading migration`);
const DOCUMENT_ENDINGS = anyOf("mdx? markdown rst rest te?xt a?sc adoc asciidoc textile rdoc pod tex org");
const DOCUMENT = new RegExp(
  `(?:^|/)(?:${DOCUMENT_FOLDERS}/|${DOCUMENT_NAMES}(?:-[^/.]*)?$)|\\.${DOCUMENT_ENDINGS}$`,
  "i",
);

const SETTINGS_ENDINGS =
  anyOf(`jsonc? json5 ya?ml toml lock cfg conf ini in properties env s?css less html? xml xsd
  [a-z]+proj props targets slnx? nuspec resx ruleset globalconfig editorconfig gradle(?:\\.kts)? cake gemspec podspec
  cabal cmake ac am m4 mk bazel bzl nix tf service po pot strings xlf xliff`);
const SETTINGS_NAMES = anyOf(`setup\\.py noxfile\\.py (?:gnu)?makefile (?:docker|container)file(?:\\.[a-z]+)?
  (?:rake|gem|guard|pod|cap|vagrant|jenkins|proc|brew|just|task|earth|fast)file build\\.(?:ps1|sh|cmd|bat|rs|sbt|xml|zig) build workspace
  mix\\.exs rebar\\.config package\\.swift meson\\.build cmakelists\\.txt go\\.(?:mod|sum|work) codeowners
  [^/]*\\.config\\.[cm]?[jt]s (?:gulp|grunt)file\\.[cm]?[jt]s karma\\.conf\\.js`);
const SETTINGS = new RegExp(`\\.${SETTINGS_ENDINGS}$|(?:^|/)(?:${SETTINGS_NAMES}$|\\.)`, "i");
const NAMED_SETTINGS = /(?:^|\/)(?:cmakelists|requirements[^/]*|constraints)\.txt$/i;

export function kindOf(path: string): Kind {
  if (TEST.test(path) || TEST_NAMES.test(path)) return "test";
  if (NAMED_SETTINGS.test(path)) return "settings";
  if (DOCUMENT.test(path)) return "document";
  return SETTINGS.test(path) ? "settings" : "code";
}
