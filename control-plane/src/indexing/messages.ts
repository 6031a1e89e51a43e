import type { CodeIndexOptions } from "@aicd/code-index";
import type { CodeHit, IndexCount, IndexReport, IndexScope, TenantId } from "@aicd/core";
import type { Mirror } from "./fetch-mirror.ts";

/** What the index process is asked. The engine comes first, and by message: its key is in no environment. */
export type Calls = {
  open: { input: { engine: CodeIndexOptions; path: string }; output: undefined };
  update: { input: { scope: IndexScope; mirror: Mirror }; output: IndexReport };
  search: {
    input: { scope: IndexScope; query: string; limit: number };
    output: { commit: string; hits: CodeHit[] } | undefined;
  };
  dropRepository: { input: { scope: IndexScope }; output: undefined };
  dropTenant: { input: { tenantId: TenantId }; output: undefined };
  count: { input: { tenantId: TenantId }; output: IndexCount };
};
export type CallName = keyof Calls;

export type Asked = { [N in CallName]: { id: number; call: N; input: Calls[N]["input"] } }[CallName];
export type Message = Asked | { id: number; abort: true };
export type Told = { id: number } & (
  | { value: Calls[CallName]["output"] }
  | { failure: { kind: string; message: string; retryable: boolean } }
);
