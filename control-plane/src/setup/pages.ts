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

/** Whose it will be and who may install it; the answer comes back as the page's own address. */
export function choicePage({ token, problem }: { token: string; problem?: string }): string {
  return page(
    "Create the GitHub App",
    `<p>AI-CD runs on its embedded database and waits for a GitHub App of its own.</p>
${problem === undefined ? "" : `<p role="alert"><strong>${attribute(problem)}</strong></p>`}
<form method="get" action="/">
<input type="hidden" name="token" value="${attribute(token)}">
<fieldset><legend>Who owns the App?</legend>
<p><label><input type="radio" name="account" value="personal" checked> My own account</label></p>
<p><label><input type="radio" name="account" value="organization"> An organization that I own:</label>
<input name="owner" aria-label="Login of the organization" placeholder="acme"></p></fieldset>
<fieldset><legend>Who may install it?</legend>
<p><label><input type="radio" name="visibility" value="private" checked> Only that account</label></p>
<p><label><input type="radio" name="visibility" value="public"> Every account on GitHub</label></p></fieldset>
<fieldset><legend>What may it do?</legend>
<p><label><input type="checkbox" name="workflows" value="yes"> Propose its own workflow file in the pull request that
sets a repository up. GitHub asks for the permission <code>workflows: write</code> for that; without it a person adds
that one file with a click.</label></p></fieldset>
<button type="submit">Go on</button></form>
<p>Is GitHub to reach this server? Then start it with <code>PUBLIC_URL=https://…</code> first.
Already have an App? Set <code>APP_ID</code>, <code>PRIVATE_KEY_PATH</code> and <code>WEBHOOK_SECRET</code>.</p>`,
  );
}

/** One button that sends the manifest to GitHub. */
export function setupPage(input: {
  action: string;
  owner: string;
  manifest: Record<string, unknown>;
}): string {
  return page(
    "Create the GitHub App",
    `<p>For ${attribute(input.owner)}. GitHub asks you to confirm the name and the permissions, then sends you back
here. To choose otherwise, go back in your browser.</p>
<form method="post" action="${attribute(input.action)}">
<input type="hidden" name="manifest" value="${attribute(JSON.stringify(input.manifest))}">
<button type="submit">Create the GitHub App</button></form>`,
  );
}

/** For whoever comes without the token. */
export function closedPage(): string {
  return page(
    "Use the printed address",
    "<p>This server printed the address of its setup page when it started. Open that one, token and all.</p>",
  );
}

export function donePage(input: { installUrl: string; walkUrl: string }): string {
  return page(
    "The App is made",
    `<p>Its credentials are stored on this server and AI-CD is starting with them.</p>
<p><a href="${attribute(input.walkUrl)}">Go on here</a> in a few seconds, or
<a href="${attribute(input.installUrl)}">install it on your repositories</a> at once; GitHub sends you back.</p>`,
  );
}

/** One step of the way; `isTried`: a button tries the model keys. */
export type Step = {
  title: string;
  done: boolean;
  text: string;
  link: { text: string; to: string } | undefined;
  isTried?: true;
};

/** The way from the App to the first pull request. */
export function walkPage(steps: readonly Step[]): string {
  const next = steps.findIndex(({ done }) => !done);
  const items = steps.map(({ title, done, text, link, isTried }, at) => {
    const to = link === undefined ? "" : ` <a href="${attribute(link.to)}">${attribute(link.text)}</a>`;
    const form =
      isTried === undefined
        ? ""
        : `<form method="get" action="/setup"><button name="try" value="model">Try it</button></form>`;
    const mark = done ? "✓" : at === next ? "→" : "·";
    return `<li${at === next ? ' aria-current="step"' : ""}><strong>${mark} ${attribute(title)}</strong><br>${attribute(text)}${to}${form}</li>`;
  });
  return page(
    "Set up AI-CD",
    `<p>Load this page again to see where you are; it can be left at any time.</p><ol>${items.join("")}</ol>`,
  );
}
