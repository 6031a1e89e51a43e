import type { CodeHit } from "./code-search.ts";
import type { RepositoryId, TenantId } from "./id.ts";

/** Whose code it is. Every call names both; nothing is ever looked for outside of them. */
export type IndexScope = { tenantId: TenantId; repositoryId: RepositoryId };

/** A file as git has it at the indexed commit; `sha` is git's id of the content. */
export type IndexedFile = { path: string; sha: string; bytes: number };

/** A change of the past, reachable from the indexed commit: what people said, and which files they changed. */
export type PastCommit = { sha: string; message: string; paths: string[] };

/** One commit of a repository, read from git; all of its text is the customer's and untrusted. */
export interface CodeSource {
  /** Full sha of the commit that is indexed. */
  readonly commit: string;
  /** Every regular file of the commit. */
  files(): Promise<IndexedFile[]>;
  /** Contents by git's id. Called only for contents the index does not hold yet. */
  blobs(shas: readonly string[]): Promise<Map<string, Buffer>>;
  /**
   * The newest first, at most `limit`. A commit the caller says is known ends it early and comes last, by its
   * sha alone; when history was rewritten and the walk does not come past it, it is not there.
   */
  history(options: { limit: number; until?: string }): Promise<PastCommit[]>;
}

/** What an index holds of one repository. */
export type IndexReport = {
  commit: string;
  files: number;
  passages: number;
  commits: number;
  bytes: number;
  /** Left out because the repository is larger than what is indexed of one. */
  left?: { files: number; bytes: number };
};

/** What is stored of a tenant, over all its repositories. Zeros prove an erasure. */
export type IndexCount = {
  repositories: number;
  files: number;
  passages: number;
  vectors: number;
  commits: number;
  bytes: number;
};

/**
 * Where the code of all tenants is searched. Implementations add the scope to every call they make, so
 * that no caller can forget it.
 */
export interface CodeIndex {
  /**
   * Brings a repository to `source.commit`, reading only what changed. The state before answers until the
   * new one is whole; killed in between, the next update mends it. Rejects when `signal` aborts.
   */
  update(
    scope: IndexScope,
    source: CodeSource,
    options?: { signal?: AbortSignal; onProgress?: (done: number, all: number) => void },
  ): Promise<IndexReport>;
  /** The best first, at most one hit a file. Undefined when the repository has no index. */
  search(
    scope: IndexScope,
    query: string,
    options: { limit: number; signal?: AbortSignal },
  ): Promise<{ commit: string; hits: CodeHit[] } | undefined>;
  /** Idempotent. Afterwards `search` knows nothing of it. */
  dropRepository(scope: IndexScope): Promise<void>;
  dropTenant(tenantId: TenantId): Promise<void>;
  count(tenantId: TenantId): Promise<IndexCount>;
  close(): Promise<void>;
}
