/** What a file is for, by its path. Questions are mostly answered by code. */
export type Kind = "code" | "test" | "document" | "settings";

const TEST =
  /(?:^|\/)(?:tests?|__tests__|specs?|testing|__testutils__)\/|(?:^|\/)(?:test_|conftest)[^/]*$|[._-](?:test|spec)s?\.[a-z]+$|_test\.[a-z]+$|Tests?\.(?:java|kt|cs)$/i;
const DOCUMENT =
  /(?:^|\/)(?:docs?|_?examples?|benchmarks?|locale|changes|changelog)\/|(?:^|\/)(?:CHANGE|HISTORY|NEWS|README|AUTHORS)[^/]*$|\.(?:md|rst|txt|adoc)$/i;
const SETTINGS =
  /\.(?:json|ya?ml|toml|lock|cfg|ini|in|css|html?)$|(?:^|\/)(?:setup\.py|Makefile|Dockerfile)$|(?:^|\/)\./i;

export function kindOf(path: string): Kind {
  if (TEST.test(path)) return "test";
  if (DOCUMENT.test(path)) return "document";
  return SETTINGS.test(path) ? "settings" : "code";
}
