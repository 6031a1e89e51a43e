import { type Config, readConfig } from "./env.ts";

/** The server's configuration, for a command that runs beside it: names that may be misspelled are told at once. */
export function readCommandConfig(): Config {
  const config = readConfig();
  for (const hint of config.hints) process.stderr.write(`${hint}\n`);
  return config;
}
