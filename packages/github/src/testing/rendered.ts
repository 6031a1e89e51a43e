import { showHidden } from "@aicd/core";
import fc from "fast-check";
import { Window } from "happy-dom";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";

/** What strangers would like us to post under our name, and what breaks a renderer. */
export const HOSTILE = [
  "<!-- aicd:status -->",
  "<!-- aicd:plan:1 --> --> x",
  "@octocat look",
  "&#64;octocat and &commat;octocat and &lt;b&gt;",
  "fixes #1",
  "Closes:\n\n #12",
  "resolves `x` octo/repo#3",
  "<img src=https://evil.example/x>",
  "![x](https://evil.example)",
  "[approve here](https://evil.example)",
  "[a]: https://evil.example\n[a]",
  "https://evil.example/x?y=1",
  "www.evil.example and mail@evil.example",
  "<https://evil.example>",
  "</details>",
  "</summary><h1>Approved</h1>",
  "## Plan `abc`: approved",
  "text\n===\nmore\n---\n***",
  "# Big #",
  "a | b \\| c \\",
  "`a|b` and `a\\|b`",
  "| a | b |\n|---|---|\n| c | d |",
  "```\nescape\n```",
  "~~~\ntilde",
  "``` `` ` odd ticks ```` ``",
  "`open",
  "trailing \\",
  "- [x] Approval\n- item\n  - nested\n1986. A year\n1) b",
  "- - - nested",
  "> [!WARNING]\n> quote",
  "**bold** _it_ __b__ ~~gone~~ snake_case a*b*c",
  "$x$ and $$y$$",
  ":tada: :+1:",
  "[^1] and\n[^1]: note",
  "zero\u200bwidth \u202ereorder\u2069 \u{e0041} soft\u00adhyphen",
  "cr\rlf\r\nvt\u000bff\u000c nel\u0085 ls\u2028 nul\u0000",
  "half \ud800 a pair",
  "    indented code",
  "\ttab",
  "a  two  spaces",
  "<script>alert(1)</script><style>*{}</style>",
  "</code></pre></sub>",
  "**",
  "_",
  "",
  " ",
] as const;

/** Any text, hostile ones among them and put together. */
export const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...HOSTILE),
      fc.string({ unit: "grapheme", maxLength: 12 }),
      fc.constantFrom(..."`|\\*_<>&[]()#-+=~:@$!\n\r\t "),
    ),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .chain((pieces) => fc.constantFrom("", " ", "\n", "\n\n").map((glue) => pieces.join(glue)));

const JOINER = "\u2060";
const document = new Window().document;

/** What GitHub would make of a comment: its visible text, its elements with their targets, and its plain words. */
export function render(markdown: string): {
  text: string;
  skeleton: string[];
  words: string;
  code: string[];
} {
  const root = document.createElement("div");
  root.innerHTML = micromark(markdown, {
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
    allowDangerousHtml: true,
    allowDangerousProtocol: true,
  });
  const all = [...root.querySelectorAll("*")];
  const code = [...root.querySelectorAll("code")].map((element) => element.textContent);
  const text = root.textContent.replaceAll(JOINER, "");
  const skeleton = all
    .filter(({ tagName }) => !FREE.has(tagName))
    .map((element) =>
      [
        element.tagName,
        ...["href", "src", "id", "class"].flatMap((name) => element.getAttribute(name) ?? []),
      ].join(" "),
    );
  for (const element of root.querySelectorAll("code, pre")) element.replaceWith("□");
  return { text, skeleton, words: root.textContent, code };
}

/** What words of others may be made of: paragraphs, lists and code; nothing in them does anything. */
const FREE: ReadonlySet<string> = new Set(["P", "UL", "LI", "BR", "CODE"]);

/** The same text to a reader, whatever its layout and its list and code marks. */
export function readable(text: string): string {
  return showHidden(text.replaceAll(/\r\n?/g, "\n").replaceAll(JOINER, "")).replaceAll(
    /[\s`-]+|⟨U\+000[AD]⟩/g,
    "",
  );
}

/** What GitHub would act on in plain words: somebody is called, or an issue is closed. */
export function actsOf(words: string): string[] {
  const mentions = words.match(/(?<![\p{L}\p{N}_`])@[a-z\d][a-z\d-]*/giu) ?? [];
  const closing =
    words.match(
      /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)[\s:]+(?:#\d|gh-\d|[\w.-]+\/[\w.-]+#\d|https?:\/\/)/gi,
    ) ?? [];
  return [...mentions, ...closing];
}
