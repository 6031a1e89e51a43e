/** Caps of the index. Beyond them files are counted as left out, never half indexed. */
export const INDEX_LIMITS = {
  /** Larger files are data or made by machines. */
  fileBytes: 400_000,
  files: 20_000,
  /** Text of one repository; at about a tenth of it in memory while it is searched. */
  totalBytes: 200_000_000,
  /** Past changes that may vote; older ones speak of code that is gone. */
  commits: 4_000,
  /** A change of more files says nothing about any of them. */
  commitPaths: 25,
  messageCharacters: 4_000,
  /** An issue's head tells what it is about; the rest is logs. */
  queryCharacters: 20_000,
  /** Longer lines are data, and would make scanning them slow. */
  lineCharacters: 400,
  /** Contents asked of the source at once. */
  batchBytes: 8_000_000,
  batchFiles: 400,
  /** Repositories kept ready in one process, and about how much memory they may take together. */
  openRepositories: 32,
  openBytes: 1_000_000_000,
} as const;
