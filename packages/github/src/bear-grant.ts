import { setTimeout as pause } from "node:timers/promises";
import type { Octokit } from "@octokit/core";
import type { Grant } from "./powers.ts";
import { isStatus } from "./status.ts";
import type { Tokens } from "./tokens.ts";

/** GitHub's servers learn of a new token one after the other. */
const FRESH_MS = 5_000;

type Request = Octokit["request"];

/**
 * Authentication of a client by the token of one grant. Not `createAppAuth` of an installation: that knows no
 * narrower token, and tells two that are being made apart by their installation alone.
 */
export function bearGrant(tokens: Tokens, installationId: number, grant: Grant, secondMs = 1_000) {
  return Object.assign(async () => ({ type: "installation", installationId, ...grant }), {
    async hook(request: Request, route: string, parameters?: Record<string, unknown>) {
      const endpoint = request.endpoint.merge(route, parameters);
      return tokens.use(installationId, grant, async (held) => {
        endpoint.headers.authorization = `token ${held.token}`;
        for (let tries = 1; ; tries++) {
          try {
            return await request(endpoint as unknown as string);
          } catch (error) {
            if (!isStatus(error, 401)) throw error;
            if (Date.now() - held.madeAt < FRESH_MS) {
              await pause(tries * secondMs);
              continue;
            }
            tokens.forget(held);
            throw error;
          }
        }
      });
    },
  });
}
