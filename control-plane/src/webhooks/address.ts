import { lookup as dnsLookup } from "node:dns/promises";
import { isIP, type LookupFunction } from "node:net";
import { AicdError } from "@aicd/core";
import ipaddr from "ipaddr.js";

/** Every address of a host name, as the machine's resolver has them. */
export type ResolveHost = (host: string) => Promise<string[]>;

export const resolveHost: ResolveHost = async (host) =>
  (await dnsLookup(host, { all: true })).map(({ address }) => address);

/** An endpoint that must not be reached. The words are for whoever set it. */
class ForbiddenAddress extends AicdError {
  constructor(host: string) {
    super("invalid", `${host} is no address on the internet, and nothing is sent to others.`, {
      retryable: false,
    });
  }
}

/** Whether an IP address is one of the internet: not private, local, mapped, translated, or reserved. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const plain = ipaddr.process(address);
  if (plain.range() !== "unicast") return false;
  // Of IPv6 only this is given out (RFC 4291, 2.4); the rest counts as unicast too, also `::127.0.0.1`.
  return plain.kind() === "ipv4" || plain.match(ipaddr.parseCIDR("2000::/3"));
}

/** What others may see of an address: its path and query may hold a secret of the receiver's. */
export function shownOf(url: string): string {
  return new URL(url).origin;
}

/** The host of an address without the brackets that IPv6 has there. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "");
}

/**
 * What is wrong with an address before anybody is asked; undefined: nothing. Decimal, octal and short forms of an IP
 * address are the plain one by now: `URL` makes them so.
 */
export function faultOf(url: URL, privateAddresses: "allow" | "refuse"): string | undefined {
  const host = hostOf(url);
  if (url.username !== "" || url.password !== "") return "Leave out user and password: events are signed.";
  if (url.hash !== "") return "Leave out what comes after `#`: it is never sent.";
  if (privateAddresses === "allow") return undefined;
  if (url.protocol !== "https:") return "Use https, so that nobody on the way reads the events.";
  if (isIP(host) !== 0 && !isPublicAddress(host)) return new ForbiddenAddress(host).message;
  return undefined;
}

/**
 * A look-up for one connection: the name is resolved once, all its addresses are checked, and the connection goes to
 * one of those that were, so a name that says something else a moment later changes nothing. It fails with
 * `ForbiddenAddress` when any of them is not public.
 */
export function pinned(resolve: ResolveHost): LookupFunction {
  return (host, { all }, done) => {
    resolve(host)
      .then((addresses) => {
        const [first] = addresses;
        if (first === undefined) throw new AicdError("unavailable", `${host} has no address.`);
        if (!addresses.every(isPublicAddress)) throw new ForbiddenAddress(host);
        return addresses.map((address) => ({ address, family: isIP(address) }));
      })
      .then(
        (found) => (all === true ? done(null, found) : done(null, found[0]?.address ?? "", found[0]?.family)),
        (error: Error) => done(error, ""),
      );
  };
}
