import { dirname, join, relative } from "node:path";
import { ROOT } from "./manifest.ts";

/** Where files of other people's packages stand, by the name the code asks for. */
export function fileOfModule(name: string): string {
  return name.replaceAll("/", "__");
}

/**
 * Files that code reads by its own place stand in `tree`, in folders like the repository's; what a bundled module
 * believes to be its place is there. Programs it starts are beside the bundle.
 */
export function placed(programs: Record<string, string>) {
  const names = new Map(Object.entries(programs).map(([name, path]) => [join(ROOT, path), name]));
  return {
    name: "placed",
    transform(code: string, id: string) {
      const isOurs = id.startsWith(ROOT) && !id.includes("node_modules");
      if (!isOurs || !code.includes("import.meta.")) return undefined;
      const program = (whole: string, path: string) => {
        const name = names.get(join(dirname(id), path));
        return name === undefined ? whole : `new URL("./${name}.js", ${HERE})`;
      };
      return code
        .replaceAll(/new URL\(\s*"([^"]+\.ts)",\s*import\.meta\.url\s*\)/g, program)
        .replaceAll("import.meta.dirname", `${PATH_OF}(${inTree(dirname(id))})`)
        .replaceAll(
          'import.meta.resolve("@aicd/sdk")',
          `${inTree(join(ROOT, "packages/sdk/src/index.ts"))}.href`,
        )
        .replaceAll(
          /import\.meta\.resolve\(([^()]+)\)/g,
          `new URL("./tree/modules/" + ($1).replaceAll("/", "__"), ${HERE}).href`,
        )
        .replaceAll("import.meta.url", `${inTree(id)}.href`)
        .replaceAll(HERE, "import.meta.url");
    },
  };
}

/** The real place, until all others are replaced. */
const HERE = "import.meta.__url";
const PATH_OF = 'process.getBuiltinModule("node:url").fileURLToPath';

function inTree(path: string): string {
  return `new URL("./tree/${relative(ROOT, path)}", ${HERE})`;
}
