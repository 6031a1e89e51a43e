const ESCAPES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is taken out
  /\u001b(?:\[[0-9;:?]{0,30}[A-Za-z]|\][^\u0007\u001b\n]{0,2000}(?:\u0007|\u001b\\)|[()][A-Z0-9]|[=>78])/g;

/**
 * Output without colours, links and cursor moves. Programs are not told to leave them out (`NO_COLOR` changes
 * what tests of colours see), so they are taken out where output is read. Bounded, which Node's
 * `stripVTControlCharacters` is not: output of a repository keeps that busy for minutes.
 */
export function plain(output: string): string {
  return output.includes("\u001b") ? output.replace(ESCAPES, "") : output;
}
