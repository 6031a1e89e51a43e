/** Whether all requests are made (`npm run test:hostile`) or a share of them. */
export const DEEP = process.env.AICD_HOSTILE === "deep";
