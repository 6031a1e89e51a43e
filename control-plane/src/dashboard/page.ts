import { createHash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Assets } from "./assets.ts";

export type Page = { html: string; policy: string };

/** Without scripts of others, without inline ones but the map of names, never inside another page. */
function policyOf(script: string): string {
  return [
    "default-src 'none'",
    `script-src ${script}`,
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}

/** The same for everybody who is signed in; its script asks the API for the rest. */
export function appPage(assets: Assets): Page {
  const { importMap, entry, modules } = assets;
  const hash = createHash("sha256").update(importMap).digest("base64");
  const preload = modules.map((url) => `<link rel="modulepreload" href="${url}">`);
  const html = document(
    assets,
    [
      `<script type="importmap">${importMap}</script>`,
      ...preload,
      `<script type="module" src="${entry}"></script>`,
    ].join("\n"),
    `<div id="app"><p class="boot">Loading …</p></div>
<noscript><p class="boot">The dashboard needs JavaScript. Everything it does, <a href="/docs">the API</a> and the commands on the issue do as well.</p></noscript>`,
  );
  return { html, policy: policyOf(`'self' 'sha256-${hash}'`) };
}

/** For whoever is not signed in: what this is, and the one thing to do. Nothing of it needs a script. */
export function welcomePage(
  assets: Assets,
  input: { appUrl: string; returnTo: string; canSignIn: boolean },
): Page {
  const signIn = `/auth/github?return_to=${encodeURIComponent(input.returnTo)}`;
  const way = input.canSignIn
    ? `<p><a class="button primary" href="${attribute(signIn)}">Sign in with GitHub</a></p>
<p class="quiet">You see what your role in each organisation permits. Not installed yet? <a href="${attribute(input.appUrl)}">Install the GitHub App</a>.</p>`
    : `<p class="notice">Signing in is not set up here. The operator has to set <code>GITHUB_CLIENT_ID</code> and <code>GITHUB_CLIENT_SECRET</code> from <a href="${attribute(input.appUrl)}">the GitHub App's</a> settings page and start the server again.</p>`;
  const html = document(
    assets,
    "",
    `<main class="welcome">
<h1>AI-CD</h1>
<p>Turns a GitHub issue into a reviewed pull request. Label an issue <code>aicd</code>, or comment <code>/aicd</code>: a plan with a price is posted, and nothing is written before you approve it.</p>
${way}
<p class="quiet"><a href="/docs">API</a> · <a href="/readyz">Readiness</a></p>
</main>`,
  );
  return { html, policy: policyOf("'none'") };
}

/** What went wrong, for whoever came with a browser and would else read JSON. */
function problemPage(assets: Assets, problem: { title: string; detail: string }): Page {
  const html = document(
    assets,
    "",
    `<main class="welcome">
<h1>${attribute(problem.title)}</h1>
<p>${attribute(problem.detail)}</p>
<p><a class="button" href="/">Back to the start</a></p>
</main>`,
  );
  return { html, policy: policyOf("'none'") };
}

/** What the server's error handler shows to browsers; the status is set by then. True: it has answered. */
export function problemPages(assets: Assets) {
  return function show(
    request: FastifyRequest,
    reply: FastifyReply,
    problem: { title: string; detail: string },
  ): boolean {
    if (!wantsPage(request)) return false;
    sendPage(reply, problemPage(assets, problem));
    return true;
  };
}

/** A person's browser that goes somewhere, not a program that asks for data. */
function wantsPage({ method, headers }: FastifyRequest): boolean {
  return (method === "GET" || method === "HEAD") && headers.accept?.includes("text/html") === true;
}

export function sendPage(reply: FastifyReply, page: Page): FastifyReply {
  return reply
    .headers({
      "content-security-policy": page.policy,
      "x-content-type-options": "nosniff",
      "referrer-policy": "same-origin",
      "cross-origin-opener-policy": "same-origin",
      "cache-control": "no-store",
    })
    .type("text/html; charset=utf-8")
    .send(page.html);
}

function document(assets: Assets, head: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>AI-CD</title>
<link rel="icon" href="${assets.icon}">
<link rel="stylesheet" href="${assets.style}">
${head}
</head>
<body>
${body}
</body>
</html>
`;
}

function attribute(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
