/** Where programs are found. The only thing this package takes from the environment it runs in. */
export function searchPath(): string {
  return process.env.PATH ?? "";
}
