export function safe(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

export function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${safe(title)}</title>
<style>body{font:16px system-ui;max-width:32rem;margin:3rem auto;padding:0 1rem}form{display:inline}button{margin:.25rem}</style>
<main><h1>${safe(title)}</h1>${body}</main></html>`;
}

/** A form with one button. */
export function button(action: string, label: string, fields: Record<string, string> = {}): string {
  const hidden = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${safe(name)}" value="${safe(value)}">`,
  );
  return `<form method="post" action="${safe(action)}">${hidden.join("")}<button>${safe(label)}</button></form>`;
}

export function dollars(cents: number): string {
  return `$${(cents / 100).toFixed(2)}`;
}
