import { at, type Finder, test } from "./project.ts";
import { readToml } from "./toml.ts";

/** A crate or a workspace. Only of a workspace whose root is a crate too would cargo test less than all. */
export const findRust: Finder = ({ repository }, directory) => {
  const path = at(directory, "Cargo.toml");
  if (!repository.has(path)) return undefined;
  const table = readToml(repository.text(path));
  const isBoth = Object.keys(table("workspace")).length > 0 && Object.keys(table("package")).length > 0;
  const locked = repository.has(at(directory, "Cargo.lock")) ? " --locked" : "";
  return {
    ecosystem: "rust",
    directory,
    from: path,
    setup: [`cargo fetch${locked}`],
    checks: [test(`cargo test${isBoth ? " --workspace" : ""}`)],
  };
};
