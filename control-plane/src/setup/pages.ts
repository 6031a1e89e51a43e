const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:42rem;margin:4rem auto;padding:0 1rem;color:#1f2328}
button{font:inherit;padding:.6rem 1.2rem;border:0;border-radius:.4rem;background:#1f883d;color:#fff;cursor:pointer}
code{background:#eff1f3;padding:.1rem .3rem;border-radius:.3rem}`;

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${STYLE}</style><body><h1>${title}</h1>${body}</body></html>`;
}

function attribute(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}

/** One button that sends the manifest to GitHub. */
export function setupPage(input: { action: string; manifest: Record<string, unknown> }): string {
  return page(
    "Create the GitHub App",
    `<p>AI-CD runs on its embedded database and waits for a GitHub App of its own.
GitHub asks you to confirm the name and the permissions, then sends you back here.</p>
<form method="post" action="${attribute(input.action)}">
<input type="hidden" name="manifest" value="${attribute(JSON.stringify(input.manifest))}">
<button type="submit">Create the GitHub App</button></form>
<p>Is GitHub to reach this server? Then start it with <code>PUBLIC_URL=https://…</code> first.
Already have an App? Set <code>APP_ID</code>, <code>PRIVATE_KEY_PATH</code> and <code>WEBHOOK_SECRET</code>.</p>`,
  );
}

/** For whoever comes without the token. */
export function closedPage(): string {
  return page(
    "Use the printed address",
    "<p>This server printed the address of its setup page when it started. Open that one, token and all.</p>",
  );
}

export function donePage(installUrl: string): string {
  return page(
    "The App is made",
    `<p>Its credentials are stored on this server and AI-CD is starting with them.</p>
<p><a href="${attribute(installUrl)}">Install it on your repositories</a>, add the workflow, and label an issue <code>aicd</code>.</p>`,
  );
}
