import { accountRoutes } from "../accounts/routes.ts";
import { rerunRoutes } from "../actions/rerun-routes.ts";
import { actionRoutes } from "../actions/routes.ts";
import { appRoutes } from "../apps/routes.ts";
import { checkRoutes } from "../checks/routes.ts";
import { commitRoutes } from "../git/commit-routes.ts";
import { gitRoutes } from "../git/routes.ts";
import { commentRoutes } from "../issues/comment-routes.ts";
import { labelRoutes } from "../issues/label-routes.ts";
import { reactionRoutes } from "../issues/reaction-routes.ts";
import { issueRoutes } from "../issues/routes.ts";
import { marketplaceRoutes } from "../marketplace/routes.ts";
import { oauthRoutes } from "../oauth/routes.ts";
import { reviewRoutes } from "../pulls/review-routes.ts";
import { pullRoutes } from "../pulls/routes.ts";
import { contentRoutes } from "../repositories/contents.ts";
import { repositoryRoutes } from "../repositories/routes.ts";
import { ruleRoutes } from "../repositories/rule-routes.ts";
import { runnerRoutes } from "../runners/routes.ts";
import { deliveryRoutes } from "../webhooks/routes.ts";
import type { Route } from "./route.ts";

/** Every REST endpoint there is. */
export const routes: readonly Route[] = [
  ...accountRoutes,
  ...actionRoutes,
  ...rerunRoutes,
  ...appRoutes,
  ...checkRoutes,
  ...commentRoutes,
  ...commitRoutes,
  ...contentRoutes,
  ...deliveryRoutes,
  ...gitRoutes,
  ...issueRoutes,
  ...labelRoutes,
  ...marketplaceRoutes,
  ...oauthRoutes,
  ...pullRoutes,
  ...reactionRoutes,
  ...repositoryRoutes,
  ...ruleRoutes,
  ...runnerRoutes,
  ...reviewRoutes,
];
