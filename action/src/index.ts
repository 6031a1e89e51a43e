export { runAction } from "./run-action.ts";
export type { ActionState } from "./state.ts";
