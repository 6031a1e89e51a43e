/** A piece of a question, by how it was written. */
export type Segment = { kind: "title" | "prose" | "code" | "trace"; text: string };

const FENCE = /^\s{0,3}(?:```|~~~)/;
const TRACE_LINE =
  /File "[^"]{1,300}", line \d|^\s*(?:at \S|E {3}|Traceback |goroutine \d|\S{1,200}:\d{1,6}: )|\.py in \w/;
const VERSION = /^v?\d{1,5}(?:\.\d{1,5})+\S{0,40}$/;
const LINE_CHARACTERS = 400;

/**
 * A question in its pieces, without what issue forms and machines put there: comments, headings, lists of
 * installed versions. Every line is looked at once.
 */
export function segmentsOf(text: string): Segment[] {
  const [title = "", ...rest] = withoutComments(text).split("\n");
  const segments: Segment[] = [{ kind: "title", text: title.slice(0, LINE_CHARACTERS) }];
  let isFenced = false;
  let isVersions = false;
  for (const whole of rest) {
    const line = whole.slice(0, LINE_CHARACTERS);
    if (FENCE.test(line)) {
      isFenced = !isFenced;
      isVersions = false;
      continue;
    }
    if (/^\s*(?:INSTALLED VERSIONS|pip (?:list|freeze)|Package +Version)/i.test(line)) isVersions = true;
    if (isVersions && /^\s*<\/details>/i.test(line)) isVersions = false;
    if (isVersions || isListing(line) || (!isFenced && isHeading(line))) continue;
    const kind = TRACE_LINE.test(line)
      ? "trace"
      : isFenced || /^(?: {4}|\t|>>> )/.test(line)
        ? "code"
        : "prose";
    const last = segments.at(-1);
    if (last?.kind === kind) last.text += `\n${line}`;
    else segments.push({ kind, text: line });
  }
  return segments;
}

function withoutComments(text: string): string {
  let kept = "";
  let at = 0;
  for (;;) {
    const start = text.indexOf("<!--", at);
    if (start < 0) return kept + text.slice(at);
    kept += text.slice(at, start);
    const end = text.indexOf("-->", start);
    if (end < 0) return kept;
    at = end + 3;
  }
}

/** `numpy: 1.19.1`, `attrs==19.3.0,six==1.13`, `LANG: None`: what somebody had installed. */
function isListing(line: string): boolean {
  const words = line.split(/[\s:=,|]+/).filter((word) => word !== "");
  if (words.length < 2) return false;
  const versions = words.filter((word) => VERSION.test(word) || word === "None").length;
  return versions > 0 && versions * 2.5 >= words.length;
}

/** Headings of forms; what people want to say they say below. */
function isHeading(line: string): boolean {
  const isMarked = /^\s{0,3}#{1,6}\s/.test(line) || /^\s*\*\*[^*]{1,80}\*\*:?\s*$/.test(line);
  return isMarked && line.length < 60 && !line.includes("`");
}
