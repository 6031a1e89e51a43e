import { createInterface } from "node:readline/promises";

/** Asks the person in front of the terminal; undefined when nobody is there to read the question. */
export function askInTerminal(signal: AbortSignal): ((question: string) => Promise<string>) | undefined {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return undefined;
  return async (question) => {
    const terminal = createInterface({ input: process.stdin, output: process.stdout });
    // Ctrl-C belongs to the question while it is open; it is a no.
    terminal.once("SIGINT", () => terminal.close());
    try {
      return await Promise.race([
        terminal.question(question, { signal }),
        new Promise<string>((resolve) => terminal.once("close", () => resolve(""))),
      ]);
    } catch {
      // The signal fired: whoever stops the run has answered.
      return "";
    } finally {
      terminal.close();
    }
  };
}
