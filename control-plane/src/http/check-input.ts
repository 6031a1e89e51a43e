import type { z } from "zod";
import { type Fault, missing, Refusal } from "./problems/problems.ts";
import type { Route } from "./route.ts";

/** Nested deeper, a body is an attack on whoever walks it. */
const DEPTH = 64;
const KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * The parts of a request as the route's schemas have them.
 * @throws Refusal with everything that is wrong at once; an impossible id is simply not there
 */
export function checkInput(
  route: Route,
  input: { params: unknown; query: unknown; body: unknown },
): { params: unknown; query: unknown; body: unknown } {
  const params = route.params?.safeParse(input.params);
  if (params !== undefined && !params.success) throw missing();
  if (tooDeep(input.body)) {
    const detail = `The body is nested deeper than ${DEPTH} levels.`;
    throw new Refusal("invalid", detail, { errors: [{ in: "body", pointer: "", detail }] });
  }
  const query = route.query?.safeParse({ ...(input.query as object) });
  const body = route.body?.safeParse(input.body);
  const errors = [...faultsOf("query", query), ...faultsOf("body", body)];
  if (errors.length > 0) throw refusal(errors);
  return { params: params?.data, query: query?.data, body: body?.data };
}

/** @throws Refusal when it could not be kept */
export function checkWriteKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header === "string" && KEY.test(header)) return header;
  const detail = "An idempotency key has 1 to 255 visible ASCII characters.";
  throw refusal([{ in: "header", pointer: "/idempotency-key", detail }]);
}

function refusal(errors: Fault[]): Refusal {
  const first = errors[0];
  const where = first === undefined ? "" : ` First: ${first.in}${first.pointer}: ${first.detail}`;
  const count = errors.length === 1 ? "One thing is" : `${errors.length} things are`;
  return new Refusal("invalid", `${count} wrong; see \`errors\`.${where}`, { errors });
}

const FAULTS = 20;

function faultsOf(place: Fault["in"], result: { success: boolean; error?: z.ZodError } | undefined): Fault[] {
  const issues = result?.error?.issues ?? [];
  return issues.slice(0, FAULTS).map((issue) => ({
    in: place,
    pointer: issue.path.map((part) => `/${escapePointer(String(part))}`).join(""),
    detail: issue.message.slice(0, 300),
  }));
}

function escapePointer(part: string): string {
  return part.slice(0, 100).replaceAll("~", "~0").replaceAll("/", "~1");
}

/** Level by level, because what is too deep for us would be too deep for recursion as well. */
function tooDeep(body: unknown): boolean {
  let level: unknown[] = [body];
  for (let depth = 0; depth <= DEPTH; depth++) {
    level = level.flatMap((value) =>
      typeof value === "object" && value !== null ? Object.values(value) : [],
    );
    if (level.length === 0) return false;
  }
  return true;
}
