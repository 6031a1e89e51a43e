import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { threadPage } from "./page.ts";
import { findBrowser, shoot } from "./shoot.ts";
import { type Reader, readIssue, readPull, type Thread } from "./thread.ts";

const NO_BROWSER =
  "There are no pictures: this machine has no Chromium. Install one, or name one in CHROME_PATH; the pages are there all the same.";

/** Pages of a thread as it stood at some moments, and pictures of them where there is a browser. */
export type Album = {
  issue(name: string, number: number): Promise<void>;
  pull(name: string, number: number): Promise<void>;
  /** Paints what was kept. @returns lines that say what is where */
  develop(): Promise<string[]>;
};

export function createAlbum(directory: string, reader: Reader): Album {
  const kept: { name: string; thread: Thread }[] = [];
  return {
    async issue(name, number) {
      kept.push({ name, thread: await readIssue(reader, number) });
    },
    async pull(name, number) {
      kept.push({ name, thread: await readPull(reader, number) });
    },
    async develop() {
      const folder = resolve(directory);
      await mkdir(folder, { recursive: true });
      const browser = findBrowser();
      const lines: string[] = browser === undefined ? [NO_BROWSER] : [];
      for (const [index, { name, thread }] of kept.entries()) {
        const page = join(folder, `${index + 1}-${name}.html`);
        await writeFile(page, threadPage(thread));
        const png = page.replace(/html$/, "png");
        if (browser !== undefined) await shoot(browser, page, png);
        lines.push(browser === undefined ? page : png);
      }
      return lines;
    },
  };
}
