import { ID_PREFIX, type Id, type IdKind, PERMISSION_NAMES } from "@aicd/core";
import { z } from "zod";

/** One of our ids. What is none of that kind is refused at the door as something that is not there. */
export function idOf<K extends IdKind>(kind: K): z.ZodType<Id<K>, string> {
  const shape = new RegExp(`^${ID_PREFIX[kind]}_[0-9a-hjkmnp-tv-z]{26}$`);
  return z.string().regex(shape) as unknown as z.ZodType<Id<K>, string>;
}

/** ISO 8601 in UTC, to the millisecond. */
export const Time = z.iso.datetime({ precision: 3 });

export function timeOf(date: Date): string;
export function timeOf(date: Date | null): string | null;
export function timeOf(date: Date | null): string | null {
  return date === null ? null : date.toISOString();
}

/** Millionths of a US dollar. */
export const MicroUsd = z.int().nonnegative().describe("Millionths of a US dollar.");

export const OrgParams = z.object({ org: idOf("tenant") });

/** A switch as an address carries it. */
export const Flag = z.enum(["true", "false"]);

/** One value, or several by naming the parameter more than once. */
export function several<S extends z.ZodType>(item: S) {
  return z.preprocess(
    (value) => (value === undefined || Array.isArray(value) ? value : [value]),
    z.array(item).min(1).max(50),
  );
}

export const PermissionName = z.enum(PERMISSION_NAMES).meta({ id: "Permission" });

export const Person = z.object({ login: z.string(), id: z.int() }).meta({ id: "Person" });
