/** Connection failures of pg carry a node error code, or class 08 / 57P0x / 53 of SQLSTATE. */
export function isDatabaseAway(error: Error): boolean {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return (
    /^(ECONNREFUSED|ECONNRESET|EPIPE|08\w{3}|57P0\d|53\w{3})$/.test(code) ||
    /timeout exceeded when trying to connect|Connection terminated/.test(error.message)
  );
}
