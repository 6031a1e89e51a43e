/** PATH for the programs tests start. */
export const PATH = process.env.PATH ?? "";

/** Whether all hostile tries are made (`npm run test:hostile`) or a share of them. */
export const DEEP = process.env.AICD_HOSTILE === "deep";
