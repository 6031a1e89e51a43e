/** Whether all hostile payloads are sent (`npm run test:hostile`) or a share of them. */
export const DEEP = process.env.AICD_HOSTILE === "deep";
