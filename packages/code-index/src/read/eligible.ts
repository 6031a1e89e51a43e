import type { IndexedFile } from "@aicd/core";
import { INDEX_LIMITS } from "../limits.ts";

/** `build/` below a folder of sources is somebody's code. */
const PASSED_OVER =
  /(?:^|\/)(?:node_modules|bower_components|vendor|dist|third_party)\/|^(?:(?!(?:src|lib|internal|pkg|cmd|app)\/)[^/]+\/)*build\/|\.min\.(?:js|css)$|(?:^|\/)(?:package-lock\.json|pnpm-lock\.yaml|yarn\.lock|Cargo\.lock|poetry\.lock|go\.sum|composer\.lock)$|\.(?:svg|csv|snap|map|ipynb|po|geojson)$/;
const BINARY =
  /\.(?:png|jpe?g|gif|ico|webp|pdf|zip|gz|tgz|bz2|xz|zst|7z|jar|class|so|dylib|dll|exe|o|a|woff2?|ttf|eot|otf|mp[34]|mov|avi|wav|ogg|pyc|npy|npz|nc|h5|parquet|wasm|bin|dat|db|sqlite)$/i;

/** Files worth reading, in the order of their paths, and how much was left out because of our caps. */
export function eligible(files: readonly IndexedFile[]): {
  files: IndexedFile[];
  left: { files: number; bytes: number };
} {
  const wanted = files
    .filter(({ path, bytes }) => bytes > 0 && bytes <= INDEX_LIMITS.fileBytes && isSource(path))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const taken: IndexedFile[] = [];
  const left = { files: 0, bytes: 0 };
  let total = 0;
  for (const file of wanted) {
    if (taken.length >= INDEX_LIMITS.files || total + file.bytes > INDEX_LIMITS.totalBytes) {
      left.files += 1;
      left.bytes += file.bytes;
      continue;
    }
    total += file.bytes;
    taken.push(file);
  }
  return { files: taken, left };
}

/** Written by people: not vendored, generated, locked or binary by its name. */
function isSource(path: string): boolean {
  return path.length <= 1_000 && !PASSED_OVER.test(path) && !BINARY.test(path);
}
