import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { accessSync, constants } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { browserEnv } from "../../env.ts";

const run = promisify(execFile);
const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const WIDTH = 908;
/** Taller pictures are more than a browser paints. */
const TALLEST = 16_000;
const SHOOT_MS = 60_000;
const OUTPUT_BYTES = 64 * 1024 * 1024;

/** Where this machine has a browser; undefined: nowhere. */
export function findBrowser(): string | undefined {
  const { CHROME_PATH, PATH } = browserEnv();
  if (CHROME_PATH !== undefined) return CHROME_PATH;
  return PATH.split(delimiter)
    .flatMap((directory) => NAMES.map((name) => join(directory, name)))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not for us: to a search the two are the same.
    return false;
  }
}

/** Paints a page of ours, all of it, into a PNG. */
export async function shoot(browser: string, page: string, png: string): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), "aicd-shoot-"));
  // Containers and root have no namespaces for its sandbox; it only ever opens our own pages.
  const common = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"];
  const open = async (file: string, ...args: string[]) => {
    const all = [...common, `--user-data-dir=${join(home, "profile")}`, ...args, pathToFileURL(file).href];
    return (await run(browser, all, { timeout: SHOOT_MS, maxBuffer: OUTPUT_BYTES })).stdout;
  };
  try {
    const measure = join(home, "measure.html");
    await writeFile(measure, measuring(await readFile(page, "utf8")));
    const dom = await open(measure, `--window-size=${WIDTH},600`, "--dump-dom");
    const height = Number(/<title>(\d+)<\/title>/.exec(dom)?.[1] ?? TALLEST);
    await open(page, `--window-size=${WIDTH},${Math.min(height, TALLEST)}`, `--screenshot=${png}`);
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The page with one script, which nothing in a thread can add another to: it writes the height into the title. */
function measuring(page: string): string {
  const nonce = randomBytes(16).toString("base64url");
  const script = `<script nonce="${nonce}">document.title = String(document.documentElement.scrollHeight);</script>`;
  return page
    .replace("default-src 'none';", `default-src 'none'; script-src 'nonce-${nonce}';`)
    .replace("</body>", `${script}</body>`);
}
