/** A place in the repository that may have to do with a question. Lines are 1-based and inclusive. */
export type CodeHit = {
  path: string;
  /** The definition the lines belong to; null when the place is not inside one we can name. */
  symbol: string | null;
  from: number;
  to: number;
  /** Comparable within one answer only; larger is better. */
  score: number;
  /** Why it was found, in a few words fit for a model: matching words, a path that was named. */
  reason: string;
};

/**
 * Finds files and symbols by meaning or by words, where a regular expression would have to know what it
 * looks for. The best first, at most one hit a file; never throws for a question without an answer.
 */
export interface CodeSearch {
  search(query: string, options: { limit: number; signal?: AbortSignal }): Promise<CodeHit[]>;
}
