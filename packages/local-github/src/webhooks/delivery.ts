/** One attempt to hand an event to an App, as the deliveries API tells it. */
export interface Delivery {
  id: number;
  /** Shared by every attempt at the same event: what `X-GitHub-Delivery` carries. */
  guid: string;
  appId: number;
  event: string;
  action: string | null;
  deliveredAt: string;
  redelivery: boolean;
  /** Seconds. */
  duration: number;
  /** `OK`, or GitHub's words for what went wrong. */
  status: string;
  /** What the receiver answered; 502 to 504 and 0 stand for no answer at all. */
  statusCode: number;
  installationId: number | null;
  repositoryId: number | null;
  url: string;
  requestHeaders: Record<string, string>;
  /** The exact bytes that were signed. */
  payload: string;
  responseHeaders: Record<string, string>;
  responseBody: string;
}
