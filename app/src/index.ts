export { createApp } from "./app.ts";
export type { Inbox } from "./ports.ts";
