import { readFileSync } from "node:fs";
import MarkdownIt from "markdown-it";
import { shortHashes } from "../words.ts";
import type { Item, Said, Thread } from "./thread.ts";

const STYLE = readFileSync(new URL("./page.css", import.meta.url), "utf8");
const FACES: Record<string, string> = { rocket: "🚀", eyes: "👀", confused: "😕", "+1": "👍", "-1": "👎" };

/** GitHub's flavour as far as our threads use it: tables, folded parts, task lists, alerts. */
const markdown = new MarkdownIt({ html: true, linkify: true, breaks: false });
/** In comments GitHub keeps the breaks of lines; in files it does not. */
const comment = new MarkdownIt({ html: true, linkify: true, breaks: true });

// A name of a file such as README.md is no address.
for (const reader of [markdown, comment]) reader.linkify.set({ fuzzyLink: false, fuzzyEmail: false });

/** A thread as a page of its own, with nothing in it that is fetched or run. */
export function threadPage(thread: Thread): string {
  const { title, number, badge, words, items } = thread;
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="content-security-policy" content="${policy}"><title>${escaped(title)}</title><style>${STYLE}</style></head>
<body><main><h1>${escaped(title)} <span class="quiet">#${number}</span></h1>
<p class="head"><span class="badge ${escaped(badge)}">${escaped(badge)}</span> <span class="quiet">${escaped(words)}</span></p>
${items.map(itemHtml).join("\n")}</main></body></html>`;
}

function itemHtml(item: Item): string {
  if (item.kind === "note") return `<p class="note">${escaped(item.text)}</p>`;
  if (item.kind === "said") return postHtml(item.said, item.verb);
  const threads = item.threads.map(
    ({ path, hunk, said }) =>
      `<section class="thread"><header>${escaped(path)}</header>${hunkHtml(hunk)}${said.map((one) => postHtml(one, "")).join("")}</section>`,
  );
  return `<div class="review">${postHtml(item.said, item.verdict)}${threads.join("")}</div>`;
}

function postHtml(said: Said, verb: string): string {
  const { login, isBot, body, reactions } = said;
  const faces = reactions
    .map((content) => `<span class="face">${FACES[content] ?? escaped(content)} 1</span>`)
    .join("");
  const name = isBot ? login.replace(/\[bot\]$/, "") : login;
  const bot = isBot ? ' <span class="bot">bot</span>' : "";
  const words = body.trim() === "" ? "" : `<div class="body">${bodyHtml(body)}</div>`;
  return `<article><i class="face-of ${isBot ? "app" : ""}">${escaped(name.slice(0, 1).toUpperCase())}</i><div class="card"><header><b>${escaped(name)}</b>${bot} <span class="quiet">${escaped(verb)}</span></header>${words}${faces === "" ? "" : `<footer>${faces}</footer>`}</div></article>`;
}

function bodyHtml(body: string): string {
  return (/^\|/m.test(body) ? markdown : comment)
    .render(shortHashes(body))
    .replaceAll(/<li>\[( |x)\] /g, (_, mark: string) => {
      return `<li class="task"><input type="checkbox" disabled${mark === "x" ? " checked" : ""}> `;
    })
    .replaceAll(/<blockquote>\s*<p>\[!(\w+)\](?:<br>)?\s*/g, (_, kind: string) => {
      const word = kind.slice(0, 1) + kind.slice(1).toLowerCase();
      return `<blockquote class="alert"><p><b>⚠ ${word}</b></p><p>`;
    })
    .replaceAll(/(^|[\s(>])(@[\w\u2060][\w\u2060-]*)/g, "$1<b>$2</b>");
}

/** The last lines of a hunk, which are those that the comment is about. */
function hunkHtml(hunk: string): string {
  const lines = hunk.split("\n").slice(-4);
  const kindOf = (line: string) => (line.startsWith("+") ? "add" : line.startsWith("-") ? "del" : "");
  return `<pre class="hunk">${lines.map((line) => `<span class="${kindOf(line)}">${escaped(line)}</span>`).join("\n")}</pre>`;
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
