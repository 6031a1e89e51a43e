export { hasBwrap, WITHOUT_BWRAP } from "./levels.ts";
export { type GrantInput, SNAPSHOT, startPlane, type TestPlane } from "./plane.ts";
export { createRepository, type TestRepository } from "./repository.ts";
