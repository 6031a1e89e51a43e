import type { Route } from "../http/route.ts";
import { apiKeyRoutes } from "./routes/api-keys.ts";
import { auditRoutes } from "./routes/audit.ts";
import { billingRoutes } from "./routes/billing.ts";
import { changeRoutes } from "./routes/changes.ts";
import { evidenceRoutes } from "./routes/evidence.ts";
import { exportRoutes } from "./routes/export.ts";
import { memberRoutes } from "./routes/members.ts";
import { organizationRoutes } from "./routes/organizations.ts";
import { repositoryRoutes } from "./routes/repositories.ts";
import { runnerRoutes } from "./routes/runners.ts";
import { secretRoutes } from "./routes/secrets.ts";
import { settingsRoutes } from "./routes/settings.ts";
import { taskActions } from "./routes/task-actions.ts";
import { taskRoutes } from "./routes/tasks.ts";
import { usageRoutes } from "./routes/usage.ts";
import { webhookDeliveryRoutes } from "./routes/webhooks/deliveries.ts";
import { webhookEndpointRoutes } from "./routes/webhooks/endpoints.ts";

/** The whole public API. HTTP, OpenAPI, authorisation, the tests and the SDK are all made of this list. */
export const ROUTES: readonly Route[] = [
  ...organizationRoutes,
  ...exportRoutes,
  ...settingsRoutes,
  ...repositoryRoutes,
  ...taskRoutes,
  ...taskActions,
  ...changeRoutes,
  ...evidenceRoutes,
  ...usageRoutes,
  ...billingRoutes,
  ...runnerRoutes,
  ...memberRoutes,
  ...apiKeyRoutes,
  ...secretRoutes,
  ...webhookDeliveryRoutes,
  ...webhookEndpointRoutes,
  ...auditRoutes,
];
