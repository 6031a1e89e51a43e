/** How two commits stand to each other. */
export interface Relation {
  mergeBase: string | undefined;
  ahead: number;
  behind: number;
  /** Commits of the head that the base lacks, oldest first. */
  commits: string[];
}

export interface ChangedFile {
  oid: string;
  filename: string;
  previousFilename: string | undefined;
  status: "added" | "removed" | "modified" | "renamed" | "changed";
  additions: number;
  deletions: number;
  /** Hunks without the file headers; undefined for binary files and pure renames. */
  patch: string | undefined;
}

export interface Comparison extends Relation {
  files: ChangedFile[];
  additions: number;
  deletions: number;
}
