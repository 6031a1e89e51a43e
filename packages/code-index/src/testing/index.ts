export { describeCodeIndex, type IndexStore } from "./contract.ts";
export { type QdrantEdge, startQdrantEdge } from "./qdrant-edge.ts";
export { createTestRepository, type TestRepository } from "./repository.ts";
