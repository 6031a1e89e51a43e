/** Where GitHub's published descriptions come from; `npm run published` makes `published/` anew from these. */
export const SOURCES = {
  rest: {
    package: "@octokit/openapi",
    version: "23.0.2",
    file: "generated/api.github.com.json",
    license: "LICENSE",
  },
  graphql: {
    package: "@octokit/graphql-schema",
    version: "15.26.1",
    file: "schema.graphql",
    license: "LICENSE.md",
  },
} as const;

export type Published = keyof typeof SOURCES;

/** Of its package 392 MB would be unpacked everywhere; compressed, what is read of it is a quarter of a megabyte. */
export function publishedFile(name: Published): URL {
  return new URL(`../../published/${name}.br`, import.meta.url);
}
