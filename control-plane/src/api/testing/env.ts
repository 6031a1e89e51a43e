/** Whether all requests are made (`npm run test:hostile`) or a share of them. */
export const DEEP = process.env.AICD_HOSTILE === "deep";

/** `2/4`: the second of four processes that share the operations among them. */
export function isMyPart(index: number): boolean {
  const [part = 1, of = 1] = (process.env.AICD_PART ?? "1/1").split("/").map(Number);
  return index % of === part - 1;
}
