export { createTestRepository, type TestRepository } from "./repository.ts";
