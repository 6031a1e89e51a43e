import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../../control-plane/src/reconcile-billing.ts", import.meta.url));

/**
 * Compares ledger and Stripe with the operator's own environment, which the server reads too.
 * @returns the exit code: 0 no difference, 2 some, 1 it could not be looked at
 */
export function reconcileBilling(): Promise<number> {
  const child = spawn(process.execPath, [PROGRAM], { stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
