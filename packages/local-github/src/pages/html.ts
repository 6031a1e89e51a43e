const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Builds markup in which every inserted text is escaped and only other markup is not. */
export function html(
  parts: TemplateStringsArray,
  ...values: (string | number | RawHtml | RawHtml[])[]
): RawHtml {
  const text = parts.reduce((out, part, index) => out + render(values[index - 1] ?? "") + part);
  return { markup: text };
}

export interface RawHtml {
  markup: string;
}

function render(value: string | number | RawHtml | RawHtml[]): string {
  if (Array.isArray(value)) return value.map((each) => each.markup).join("");
  if (typeof value === "object") return value.markup;
  return String(value).replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

const STYLE: RawHtml = {
  markup:
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1f2328}" +
    "article{border:1px solid #d1d9e0;border-radius:6px;margin:1rem 0}article>header{background:#f6f8fa;padding:.4rem .8rem;color:#59636e}" +
    "pre{white-space:pre-wrap;margin:0;padding:.8rem;font:13px/1.5 ui-monospace,monospace}.state{color:#59636e}" +
    ".add{background:#dafbe1}.del{background:#ffebe9}.hunk{color:#59636e}a{color:#0969da}",
};

export function page(title: string, body: RawHtml): string {
  return html`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title><style>${STYLE}</style></head><body>${body}</body></html>`
    .markup;
}
