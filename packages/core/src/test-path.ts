const TEST_PATH =
  /(?:^|\/)(?:tests?|__tests__|specs?|testdata)\/|(?:^|\/)test_[^/]*\.py$|[._-](?:test|spec|tests)\.[a-z]{1,5}$|_test\.(?:go|py|rb|dart|exs)$|_spec\.rb$|Tests?\.(?:java|kt|cs|swift|php|scala)$/;
const SNAPSHOT_PATH = /\.snap$|(?:^|\/)__snapshots__\//;

/** Whether a file is a test, or what a test recorded, by its path. */
export function isTestPath(path: string): boolean {
  return TEST_PATH.test(path) || isSnapshotPath(path);
}

export function isSnapshotPath(path: string): boolean {
  return SNAPSHOT_PATH.test(path);
}
