export { type GrantInput, SNAPSHOT, startPlane, type TestPlane } from "./plane.ts";
export { createRepository, type TestRepository } from "./repository.ts";
