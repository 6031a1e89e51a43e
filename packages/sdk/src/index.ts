export { type CallOptions, type Client, createClient, each } from "./client.ts";
export type * from "./generated.ts";
export { ApiError } from "./problem.ts";
