/** What a browser does of a sign-in: keeps cookies per host, follows redirects, posts a form. */
export type Browser = {
  fetch(url: string, init?: RequestInit): Promise<Response>;
  /** Signs in from `start` as that person on GitHub's page. @returns the last answer, not followed */
  signIn(start: string, login: string): Promise<Response>;
  cookies: Map<string, Map<string, string>>;
};

export function createBrowser(): Browser {
  const cookies = new Map<string, Map<string, string>>();

  async function go(url: string, init: RequestInit = {}): Promise<Response> {
    const { host } = new URL(url);
    const jar = cookies.get(host) ?? new Map<string, string>();
    cookies.set(host, jar);
    const headers = new Headers(init.headers);
    if (jar.size > 0) headers.set("cookie", [...jar].map(([name, value]) => `${name}=${value}`).join("; "));
    const answer = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const [name = "", value = ""] = pair.split("=", 2);
      if (value === "" || /max-age=0/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  }

  return {
    cookies,
    fetch: go,
    async signIn(start, login) {
      const begun = await go(start);
      const authorize = begun.headers.get("location");
      if (authorize === null) return begun;
      const page = await (await go(authorize)).text();
      const fields = [...page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
      const form = new URLSearchParams(
        fields.map(([, name = "", value = ""]): [string, string] => [name, value.replaceAll("&amp;", "&")]),
      );
      form.set("login", login);
      const granted = await go(new URL("/login/oauth/authorize", authorize).href, {
        method: "POST",
        body: form,
      });
      const callback = granted.headers.get("location");
      return callback === null ? granted : go(callback);
    },
  };
}
