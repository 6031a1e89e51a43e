export { bounded } from "./bounded.ts";
export { mention, named } from "./mention.ts";
export { headline, plainMessage } from "./message.ts";
export { type Part, pages } from "./pages.ts";
export * from "./positions.ts";
