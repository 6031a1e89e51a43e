/**
 * Where this product is published: the one place that says so. Code reads it; files that cannot (workflows,
 * manifests of packages, pages for people) are held to it by `test/architecture/coordinates.test.ts`. A fork
 * changes it here and follows that test.
 */
export const COORDINATES = {
  /** Account and repository on GitHub. */
  owner: "ai-cd",
  repository: "ai-cd",
  /** The tag that a release moves, and which workflows name. */
  major: "v1",
  /** Packages on npm. */
  commandLine: "aicd",
  sdk: "@aicd/sdk",
  /** Images are `<registry>/server` and `<registry>/runner`. */
  images: "ghcr.io/ai-cd",
} as const;

/** What a workflow writes behind `uses:`. */
export const ACTION = `${COORDINATES.owner}/${COORDINATES.repository}@${COORDINATES.major}`;

/** The JSON Schema of `.github/aicd.yml`, where no server of one's own serves it. */
export const SCHEMA_URL = `https://raw.githubusercontent.com/${COORDINATES.owner}/${COORDINATES.repository}/${COORDINATES.major}/action/aicd.schema.json`;

/** The page of the repository. */
export const HOME_PAGE = `https://github.com/${COORDINATES.owner}/${COORDINATES.repository}`;
