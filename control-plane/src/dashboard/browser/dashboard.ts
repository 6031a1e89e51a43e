import type { OrganizationSummary, Permission } from "@aicd/sdk";
import { type ComponentChild, type ComponentType, h } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { ApiKeysPage } from "./pages/api-keys.ts";
import { AuditLogPage } from "./pages/audit-log.ts";
import { BillingPage } from "./pages/billing.ts";
import { MembersPage } from "./pages/members.ts";
import { RepositoriesPage } from "./pages/repositories.ts";
import { RunnersPage } from "./pages/runners.ts";
import { SecretsPage } from "./pages/secrets.ts";
import { SettingsPage } from "./pages/settings.ts";
import { TasksPage } from "./pages/tasks/tasks.ts";
import { UsagePage } from "./pages/usage/usage.ts";
import { WebhooksPage } from "./pages/webhooks/webhooks.ts";
import { Empty } from "./parts.ts";
import { addressOf, go, type Route, useRoute } from "./router.ts";
import { Sayings } from "./say.ts";
import { type Here, hereOf, type Session } from "./session.ts";

type View = {
  name: string;
  title: string;
  permission: Permission;
  page: ComponentType<{ here: Here; route: Route }>;
};

/** Every page, in the order of the menu, and what lets somebody see it. */
const VIEWS: View[] = [
  { name: "tasks", title: "Tasks", permission: "task.read", page: TasksPage },
  { name: "repositories", title: "Repositories", permission: "repository.read", page: RepositoriesPage },
  { name: "runners", title: "Runners", permission: "runner.read", page: RunnersPage },
  { name: "usage", title: "Usage", permission: "usage.read", page: UsagePage },
  { name: "billing", title: "Billing", permission: "billing.read", page: BillingPage },
  { name: "members", title: "Members", permission: "member.read", page: MembersPage },
  { name: "api-keys", title: "API keys", permission: "api_key.read", page: ApiKeysPage },
  { name: "secrets", title: "Secrets", permission: "secret.read", page: SecretsPage },
  { name: "webhooks", title: "Webhooks", permission: "webhook.read", page: WebhooksPage },
  { name: "settings", title: "Settings", permission: "organization.read", page: SettingsPage },
  { name: "audit-log", title: "Audit log", permission: "audit.read", page: AuditLogPage },
];

const LAST = "aicd:organization";

export function Dashboard({ session }: { session: Session }): ComponentChild {
  const route = useRoute();
  const { organizations } = session;
  const wanted = route.login ?? localStorage.getItem(LAST) ?? "";
  const same = ({ login }: OrganizationSummary) => login.toLowerCase() === wanted.toLowerCase();
  const org = organizations.find(same) ?? (route.login === undefined ? organizations[0] : undefined);
  useEffect(() => {
    if (org !== undefined) localStorage.setItem(LAST, org.login);
  }, [org]);
  const here = org === undefined ? undefined : hereOf(session, org);
  const views = here === undefined ? [] : VIEWS.filter(({ permission }) => here.may(permission));
  const view = route.view === undefined ? views[0] : views.find(({ name }) => name === route.view);
  useEffect(() => {
    // On a narrow screen the menu is a row that may be longer than the screen.
    document.querySelector("nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
    document.title = [view?.title, org?.login, "AI-CD"].filter((part) => part !== undefined).join(" · ");
  }, [view, org]);
  useArrival(`${route.login} ${route.view} ${route.id}`);
  return h(
    "div",
    { class: "frame" },
    h("a", { class: "skip", href: "#main" }, "Skip to content"),
    h(TopBar, { session, org }),
    here !== undefined && h(Menu, { here, views, current: view }),
    h(
      "main",
      { id: "main", tabIndex: -1 },
      here === undefined
        ? h(Nowhere, { session, wanted: route.login })
        : view === undefined
          ? h(Closed, { here })
          : h(view.page, { key: `${here.org.id} ${view.name}`, here, route }),
    ),
    h(Sayings, null),
  );
}

/** Who goes on by keyboard or by ear begins at the top of the new page, as after a real change of pages. */
function useArrival(where: string): void {
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) {
      scrollTo(0, 0);
      document.getElementById("main")?.focus();
    }
    first.current = false;
  }, [where]);
}

function TopBar({
  session,
  org,
}: {
  session: Session;
  org: OrganizationSummary | undefined;
}): ComponentChild {
  const { organizations, user, signOut } = session;
  const change = (event: Event) => {
    if (event.currentTarget instanceof HTMLSelectElement) go(addressOf(event.currentTarget.value));
  };
  return h(
    "div",
    { class: "top", role: "banner" },
    h("a", { class: "brand", href: "/" }, "AI-CD"),
    organizations.length > 0 &&
      h(
        "select",
        { "aria-label": "Organisation", value: org?.login ?? "", onChange: change },
        org === undefined && h("option", { value: "" }, "Choose …"),
        ...organizations.map(({ login }) => h("option", { value: login }, login)),
      ),
    h("span", { class: "grow" }),
    h("span", { class: "who" }, user.login),
    h("button", { type: "button", class: "plain", onClick: () => void signOut() }, "Sign out"),
  );
}

function Menu({
  here,
  views,
  current,
}: {
  here: Here;
  views: View[];
  current: View | undefined;
}): ComponentChild {
  return h(
    "nav",
    { "aria-label": "Pages" },
    ...views.map(({ name, title, permission }) =>
      h(
        "a",
        {
          href: addressOf(here.org.login, name),
          "data-permission": permission,
          ...(name === current?.name ? { "aria-current": "page" as const } : {}),
        },
        title,
      ),
    ),
  );
}

function Nowhere({ session, wanted }: { session: Session; wanted: string | undefined }): ComponentChild {
  if (wanted !== undefined) {
    return h(
      Empty,
      { title: `You are no member of ${wanted} here` },
      "Choose another organisation above, or ask an owner of that one. Who joined on GitHub just now signs out and in again.",
    );
  }
  return h(
    Empty,
    { title: `No organisation yet, ${session.user.login}` },
    "Install the GitHub App on an account of yours or of your organisation, then sign out and in again.",
  );
}

function Closed({ here }: { here: Here }): ComponentChild {
  return h(
    Empty,
    { title: "There is nothing here for you" },
    `The address is wrong, or your role in ${here.org.login} (${here.org.role}) does not permit it. An owner can give you another role.`,
  );
}
