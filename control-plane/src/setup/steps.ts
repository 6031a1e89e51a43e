import type { Deps } from "../deps.ts";
import type { Vendor, VendorName } from "../models/vendors.ts";
import { APP_PERMISSIONS } from "./manifest.ts";
import type { Step } from "./pages.ts";

export type StepDeps = Pick<Deps, "github" | "vendors" | "serverUrl">;
const TRY_MS = 15_000;
/** What a vendor said to one call with its key. */
export type Tried = { name: VendorName; problem: string | undefined }[];

/** Where the way from a new App to the first pull request has come to, as GitHub and the vendors report it. */
export async function readSteps(deps: StepDeps, tried: Tried | undefined): Promise<Step[]> {
  const { rest } = deps.github.app;
  const [{ data: app }, { data: installations }, { data: deliveries }] = await Promise.all([
    rest.apps.getAuthenticated(),
    rest.apps.listInstallations({ per_page: 10 }),
    rest.apps.listWebhookDeliveries({ per_page: 5 }),
  ]);
  const [installation] = installations;
  const where = app === null ? deps.serverUrl : app.html_url;
  const lacking = Object.entries(APP_PERMISSIONS).filter(([name, level]) => {
    const given = (installation?.permissions as Record<string, string> | undefined)?.[name];
    return given !== "write" && given !== level;
  });
  const last = deliveries[0];
  const arrived = deliveries.find(({ status_code }) => status_code >= 200 && status_code < 300);
  return [
    {
      title: "Install the App",
      done: installation !== undefined,
      text:
        installation === undefined
          ? "On the account whose repositories it is to work in; a few repositories are enough to begin with."
          : `Installed on ${accountOf(installation.account)}.`,
      link: { text: "Install it", to: `${where}/installations/new` },
    },
    {
      title: "Permissions, as GitHub reports them",
      done: installation !== undefined && lacking.length === 0,
      text:
        lacking.length === 0
          ? `${Object.entries(APP_PERMISSIONS)
              .map(([name, level]) => `${name}: ${level}`)
              .join(", ")}.`
          : `Missing: ${lacking.map(([name, level]) => `${name}: ${level}`).join(", ")}. An owner accepts them there.`,
      link: installation === undefined ? undefined : { text: "Review them", to: installation.html_url },
    },
    {
      title: "A delivery has arrived",
      done: arrived !== undefined,
      text:
        arrived !== undefined
          ? `GitHub delivered ${arrived.event} at ${arrived.delivered_at} and was answered ${arrived.status_code}.`
          : last === undefined
            ? "GitHub has sent nothing yet; installing the App is the first thing it tells. Load this page again then."
            : `GitHub tried at ${last.delivered_at} and got: ${last.status || last.status_code}. Can it reach PUBLIC_URL?`,
      link: { text: "Deliveries", to: `${where}/advanced` },
    },
    modelStep(deps, tried),
    {
      title: "The first repository",
      done: false,
      text: "Merge the pull request “Set up AI-CD” that opens in it, and label an issue aicd. `/aicd doctor` on an issue says what is missing.",
      link: { text: "Open the dashboard", to: "/" },
    },
  ];
}

function modelStep({ vendors }: StepDeps, tried: Tried | undefined): Step {
  const named = Object.entries(vendors).flatMap(([name, vendor]) => (vendor === undefined ? [] : [name]));
  if (named.length === 0) {
    const text =
      "This server has no key. Start it with ANTHROPIC_API_KEY or OPENAI_API_KEY, or let each organization set its own under Secrets.";
    return { title: "A model key", done: false, text, link: undefined };
  }
  const problems = tried?.flatMap(({ name, problem }) =>
    problem === undefined ? [] : [`${name}: ${problem}`],
  );
  const done = tried !== undefined && problems?.length === 0;
  const text = done
    ? `Tried and taken: ${named.join(", ")}.`
    : problems === undefined
      ? `There is a key for ${named.join(" and ")}; one call that costs nothing shows whether it is taken.`
      : problems.join(" ");
  return { title: "A model key", done, text, link: undefined, isTried: true };
}

/** Asks each vendor for its list of models: it needs the key and is not billed. */
export async function tryKeys({ vendors }: StepDeps): Promise<Tried> {
  const known = Object.entries(vendors) as [VendorName, Vendor | undefined][];
  return Promise.all(
    known.flatMap(([name, vendor]) =>
      vendor === undefined ? [] : [tryKey(name, vendor).then((problem) => ({ name, problem }))],
    ),
  );
}

async function tryKey(name: VendorName, { baseUrl, apiKey }: Vendor): Promise<string | undefined> {
  const base = baseUrl.replace(/\/(v1\/?)?$/, "");
  const key = apiKey.reveal();
  const headers: Record<string, string> =
    name === "anthropic"
      ? { "x-api-key": key, "anthropic-version": "2023-06-01" }
      : { authorization: `Bearer ${key}` };
  try {
    const answer = await fetch(`${base}/v1/models`, { headers, signal: AbortSignal.timeout(TRY_MS) });
    await answer.body?.cancel();
    if (answer.ok) return undefined;
    return answer.status === 401 || answer.status === 403
      ? `the key is not taken (${answer.status}). Make a new one and start the server with it.`
      : `it answered ${answer.status}. Try again later.`;
  } catch {
    // Whatever the network says names addresses only.
    return "it cannot be reached from this server.";
  }
}

function accountOf(account: unknown): string {
  const { login, slug } = (account ?? {}) as { login?: string; slug?: string };
  return login ?? slug ?? "an account";
}
