export type { Answer, ApiPromise, ResponseInfo } from "./answer.ts";
export { type CallOptions, type Client, createClient, each } from "./client.ts";
export type * from "./generated.ts";
export {
  ApiError,
  AuthenticationError,
  ConflictError,
  ConnectionError,
  InvalidRequestError,
  NotFoundError,
  PermissionError,
  RateLimitError,
  ServerError,
} from "./problem.ts";
export { VERSION } from "./version.ts";
export { verifyWebhook, type WebhookEvent } from "./webhook.ts";
