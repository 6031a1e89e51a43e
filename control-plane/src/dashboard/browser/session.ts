import { type Client, createClient, type OrganizationSummary, type Permission } from "@aicd/sdk";

type User = { id: string; login: string };
export type Session = {
  user: User;
  organizations: OrganizationSummary[];
  client: Client;
  signOut: () => Promise<void>;
};

/** One organisation as this person sees it; every page gets it. */
export type Here = {
  client: Client;
  user: User;
  org: OrganizationSummary;
  /** What is not permitted is not shown; the API refuses it anyway. */
  may: (permission: Permission) => boolean;
};

type Answer = { user: User; csrf?: { header: string; token: string } };

/** @throws when nobody can be asked; a session that is over leads back to the way in */
export async function openSession(): Promise<Session> {
  const answer = await fetch("/auth/session");
  if (answer.status === 401) return leave();
  if (!answer.ok) throw new Error(`The server answered ${answer.status} when it was asked who you are.`);
  const { user, csrf } = (await answer.json()) as Answer;
  const headers: Record<string, string> = csrf === undefined ? {} : { [csrf.header]: csrf.token };
  const client = createClient({ url: "", headers, fetch: guarded });
  const { items: organizations } = await client.listOrganizations();
  return {
    user,
    organizations,
    client,
    signOut: async () => {
      await fetch("/auth/sign-out", { method: "POST", headers });
      location.assign("/");
    },
  };
}

/** Whoever is signed out meanwhile gets the page that says so, and comes back here after signing in. */
async function guarded(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const answer = await fetch(input, init);
  return answer.status === 401 ? leave() : answer;
}

function leave(): Promise<never> {
  location.reload();
  return new Promise(() => {});
}

export function hereOf(session: Session, org: OrganizationSummary): Here {
  const permissions = new Set(org.permissions);
  return {
    client: session.client,
    user: session.user,
    org,
    may: (permission) => permissions.has(permission),
  };
}
