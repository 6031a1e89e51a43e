export const VERSION = "1.0.0";

/** Browsers name themselves, and would ask the server whether they may be named otherwise. */
export function userAgent(): Record<string, string> {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  const node = process?.versions?.node;
  return node === undefined ? {} : { "user-agent": `aicd-sdk/${VERSION} node/${node}` };
}
