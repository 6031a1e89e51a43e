import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { slim } from "./slim.ts";
import { type Published, publishedFile, SOURCES } from "./sources.ts";

/** `npm run published`: fetches the packages named in `sources.ts` from the registry and writes `published/` anew. */
for (const name of Object.keys(SOURCES) as Published[]) {
  const { text, license } = unpack(SOURCES[name]);
  const content = name === "rest" ? JSON.stringify(slim(JSON.parse(text))) : text;
  const compressed = brotliCompressSync(content, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
  });
  writeFileSync(publishedFile(name), compressed);
  writeFileSync(new URL(`./${name}.LICENSE`, publishedFile(name)), license);
  process.stdout.write(`${name}: ${content.length} characters in ${compressed.length} bytes\n`);
}

function unpack(source: (typeof SOURCES)[Published]): { text: string; license: string } {
  const directory = mkdtempSync(join(tmpdir(), "aicd-published-"));
  try {
    const spec = `${source.package}@${source.version}`;
    const out = execFileSync("npm", ["pack", spec, "--json", "--pack-destination", directory], {
      encoding: "utf8",
    });
    const [packed] = JSON.parse(out) as [{ filename: string }];
    const read = (path: string) =>
      execFileSync("tar", ["-xzOf", join(directory, packed.filename), `package/${path}`], {
        encoding: "utf8",
        maxBuffer: 64 * 1024 * 1024,
      });
    return { text: read(source.file), license: read(source.license) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
