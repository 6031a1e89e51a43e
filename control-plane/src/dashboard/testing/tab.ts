/** A person at the dashboard, in whatever plays the browser. Names are what is seen or read out. */
export type Tab = {
  /** What is on the page now. */
  text(): Promise<string>;
  has(role: "button" | "link" | "field", name: string): Promise<boolean>;
  click(role: "button" | "link", name: string): Promise<void>;
  /** Writes into a field, or chooses an option of it by its text. */
  fill(label: string, value: string): Promise<void>;
  valueOf(label: string): Promise<string>;
  go(path: string): Promise<void>;
  reload(): Promise<void>;
  path(): Promise<string>;
  count(selector: string): Promise<number>;
  /** Permissions that what is shown needs, as the page itself says. */
  permissions(): Promise<string[]>;
  /** Answers of the API that were no success, since the tab was opened. */
  refused: string[];
  close(): Promise<void>;
};

/** Opens the dashboard at `path` with the session of `cookie`. */
export type OpenTab = (input: { url: string; cookie: string; path: string }) => Promise<Tab>;
