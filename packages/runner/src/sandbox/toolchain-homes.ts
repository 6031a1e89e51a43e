import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/**
 * Programs that look for their toolchains below the home of whoever starts them, which in the sandbox is another.
 * By the folder that leads to them on the PATH, where they are, and how they are told.
 */
const TOOLCHAINS = [
  { program: ".cargo/bin", place: ".rustup", variable: "RUSTUP_HOME" },
  { program: ".pyenv/shims", place: ".pyenv", variable: "PYENV_ROOT" },
  { program: ".rbenv/shims", place: ".rbenv", variable: "RBENV_ROOT" },
  { program: ".asdf/shims", place: ".asdf", variable: "ASDF_DATA_DIR" },
  { program: ".volta/bin", place: ".volta", variable: "VOLTA_HOME" },
] as const;

/** Variables for those that are here; none of them holds anything but toolchains. */
export function toolchainHomes(path: string): Record<string, string> {
  const home = homedir();
  const entries = new Set(path.split(delimiter));
  const here = TOOLCHAINS.filter(
    ({ program, place }) => entries.has(join(home, program)) && existsSync(join(home, place)),
  );
  return Object.fromEntries(here.map(({ place, variable }) => [variable, join(home, place)]));
}
