export { type CodeIndexOptions, createCodeIndex } from "./create.ts";
export { INDEX_LIMITS } from "./limits.ts";
export { createGitSource } from "./source/git-source.ts";
export { insistOnGit } from "./source/insist-on-git.ts";
