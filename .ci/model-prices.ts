import { writeFileSync } from "node:fs";
import { installTools, TOOLS } from "./tool.ts";

type ModelPrice = Record<string, number | { base: number; tiers: { start: number; price: number }[] }>;
type Constraint = { type: "start_date"; start_date: string } | { type: "time_of_date" };
type ConditionalPrice = { prices: ModelPrice; constraint?: Constraint };
/** One of `or`, `and` with a list, or `equals`, `starts_with`, `ends_with`, `contains`, `regex` with a text. */
type MatchLogic = { [kind: string]: string | MatchLogic[] };
type ModelInfo = { match: MatchLogic; prices: ModelPrice | ConditionalPrice[] };
type Data = { findProvider(by: { providerId: string }): { models: ModelInfo[] } | undefined };

/**
 * `npm run prices -- <YYYY-MM-DD>`: writes the list prices of `packages/core` anew from the data of
 * `@pydantic/genai-prices`, in the version that `.ci/tools` pins; the day is that on which it was published. The
 * package itself is twenty times the size of what is wanted of it.
 */
const PROVIDERS = ["anthropic", "openai", "google", "deepseek", "mistral", "x-ai", "moonshotai"];
const day = process.argv[2];
if (day === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(day)) {
  throw new Error("Name the day the installed version was published: npm view @pydantic/genai-prices time");
}

/** After this a short number makes another model: `claude-sonnet-5` is not `claude-sonnet-5-7`. A date does not. */
const ANOTHER_VERSION = /[a-z0-9]$/i;

installTools("@pydantic/genai-prices");
const { findProvider }: Data = await import(`${TOOLS}/node_modules/@pydantic/genai-prices/dist/index.js`);
const models = PROVIDERS.flatMap((id) => {
  const provider = findProvider({ providerId: id });
  if (provider === undefined) throw new Error(`${id} is not in the data.`);
  return provider.models.flatMap(listed);
});
writeFileSync(
  new URL("../packages/core/src/prices/listed.ts", import.meta.url),
  `// Made by .ci/model-prices.ts from @pydantic/genai-prices, MIT License, Copyright (c) Pydantic Services Inc. 2025 to present.
import type { ListedModel } from "./find-listed.ts";

/** The day on which these prices were published. */
export const LISTED_ON = "${day}";

/** Dollars per million tokens of ${models.length} models; the first whose expression finds a name is that name's. */
// biome-ignore format: one model a line
export const LISTED: readonly ListedModel[] = [
${models.map((model) => `  ${JSON.stringify(model)},`).join("\n")}
];
`,
);
process.stdout.write(`${models.length} models of ${day}\n`);

/** Nothing for models that do not sell text by its tokens. */
function listed({ match, prices }: ModelInfo): unknown[] {
  const dated = (Array.isArray(prices) ? prices : [{ prices }]).reduce<Dated[]>(add, []);
  return dated.length === 0 ? [] : [[expressionOf(match), ...dated]];
}

type Rates = [input: number, output: number, cacheRead: number, cacheWrite: number];
type Dated = [from: string, ...Rates] | [from: string, ...Rates, above: number, ...Rates];

/** What costs more at some hours is taken to cost that always. */
function add(dated: Dated[], { prices, constraint }: ConditionalPrice): Dated[] {
  const next = rowOf(prices, constraint?.type === "start_date" ? constraint.start_date : "");
  if (next === undefined) return dated;
  const last = dated.at(-1);
  if (constraint?.type !== "time_of_date" || last === undefined) return [...dated, next];
  const dearest = last.map((value, at) =>
    typeof value === "number" ? Math.max(value, Number(next[at] ?? 0)) : value,
  );
  return [...dated.slice(0, -1), dearest as Dated];
}

function rowOf(prices: ModelPrice, from: string): Dated | undefined {
  if (prices.input_mtok === undefined || prices.output_mtok === undefined) return undefined;
  const above = tierOf(prices);
  const short = ratesOf(prices, 0);
  return above === undefined ? [from, ...short] : [from, ...short, above, ...ratesOf(prices, above)];
}

/** What is not named costs what fresh input does. */
function ratesOf(prices: ModelPrice, above: number): Rates {
  const input = rate(prices.input_mtok, above) ?? 0;
  const read = rate(prices.cache_read_mtok, above) ?? input;
  return [input, rate(prices.output_mtok, above) ?? 0, read, rate(prices.cache_write_mtok, above) ?? input];
}

function rate(price: ModelPrice[string] | undefined, above: number): number | undefined {
  if (typeof price !== "object") return price;
  return price.tiers.find(({ start }) => start <= above)?.price ?? price.base;
}

/** @throws Error when a model has more than two prices by length: then there is more to write down. */
function tierOf(prices: ModelPrice): number | undefined {
  const starts = new Set(
    Object.values(prices).flatMap((price) =>
      typeof price === "object" ? price.tiers.map(({ start }) => start) : [],
    ),
  );
  if (starts.size > 1) throw new Error(`Several lengths: ${JSON.stringify(prices)}`);
  return [...starts][0];
}

function expressionOf(match: MatchLogic): string {
  const [[kind, value]] = Object.entries(match) as [[string, string | MatchLogic[]]];
  if (Array.isArray(value)) {
    const parts = value.map(expressionOf);
    return kind === "or" ? parts.map((part) => `(?:${part})`).join("|") : parts.map(ahead).join("");
  }
  const text = kind === "regex" ? value : RegExp.escape(value).replaceAll(/\\x([0-9a-f]{2})/g, plain);
  if (kind === "equals") return `^${text}$`;
  if (kind === "ends_with" || kind === "regex") return kind === "regex" ? text : `${text}$`;
  const end = ANOTHER_VERSION.test(value) ? "(?![-.]?\\d{1,2}(?!\\d))" : "";
  return kind === "starts_with" ? `^${text}${end}` : `${text}${end}`;
}

function ahead(expression: string): string {
  return expression.startsWith("^") ? `^(?=${expression.slice(1)})` : `(?=.*${expression})`;
}

/** A letter or a dash needs no escape here; `RegExp.escape` gives it one for places in which it would. */
function plain(escaped: string, code: string): string {
  const character = String.fromCharCode(Number.parseInt(code, 16));
  return /[a-z0-9\-@:]/i.test(character) ? character : escaped;
}
