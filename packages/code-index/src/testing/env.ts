/** PATH for the programs tests start. */
export const PATH = process.env.PATH ?? "";
