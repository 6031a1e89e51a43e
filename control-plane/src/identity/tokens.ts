import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { crc32 } from "node:zlib";
import { parseId, type SessionId } from "@aicd/core";
import type { MasterKeys } from "../secrets/master-keys.ts";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BODY_BYTES = 32;
/** 62^43 > 2^256, and 62^6 > 2^32. */
const BODY_CHARACTERS = 43;
const CHECK_CHARACTERS = 6;
const SESSION = "ses_";
const NAME_CHARACTERS = 26;

/** `key`: an API key. `session`: a frontend's access token. `refresh`: what renews it. */
const PREFIX = { key: "aicd_live_", session: "aicd_session_", refresh: "aicd_refresh_" } as const;
export type TokenKind = keyof typeof PREFIX;
export type Tokens = { accessToken: string; refreshToken: string };

/** 256 random bits with a checksum, so that scanners know one when they see it and typos cost no query. */
export function mintToken(kind: TokenKind): string {
  const body = base62(randomBytes(BODY_BYTES), BODY_CHARACTERS);
  return `${PREFIX[kind]}${body}${checksum(body)}`;
}

/**
 * A refresh token names its session: whichever of its tokens is shown again is known for what it is, however
 * often it was changed since.
 */
export function mintRefresh(session: SessionId, secret: Buffer = randomBytes(BODY_BYTES)): string {
  const name = session.slice(SESSION.length);
  const body = name + base62(secret, BODY_CHARACTERS - name.length);
  return `${PREFIX.refresh}${body}${checksum(body)}`;
}

/** The session that a refresh token names; undefined: none, or no refresh token at all. */
export function sessionOfRefresh(token: string): SessionId | undefined {
  if (tokenKind(token) !== "refresh") return undefined;
  const start = PREFIX.refresh.length;
  return parseId("session", SESSION + token.slice(start, start + NAME_CHARACTERS));
}

export function tokenKind(text: string): TokenKind | undefined {
  const kinds = Object.keys(PREFIX) as TokenKind[];
  return kinds.find((kind) => {
    if (!text.startsWith(PREFIX[kind])) return false;
    const rest = text.slice(PREFIX[kind].length);
    const body = rest.slice(0, BODY_CHARACTERS);
    return (
      rest.length === BODY_CHARACTERS + CHECK_CHARACTERS && rest.slice(BODY_CHARACTERS) === checksum(body)
    );
  });
}

/** What a person recognises a key by. */
export function hintOf(token: string): string {
  return `${token.slice(0, PREFIX.key.length + 4)}…${token.slice(-4)}`;
}

/** For values of 256 random bits of our own making, which need no pepper. */
export function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** Hashes of an API key under every pepper in use; the first is the present one. */
export function createPeppers(keys: MasterKeys) {
  const peppers = keys.all.map((key) => key.derive("api-key-pepper"));
  const csrf = keys.current.derive("csrf");
  const renewing = keys.all.map((key) => key.derive("refresh"));
  return {
    /**
     * What a refresh token is changed for, under every master key in use; the first is the present one. The
     * same each time it is asked: an answer that was lost can be given again, though it is kept nowhere.
     */
    successors: (spent: string, session: SessionId): [Tokens, ...Tokens[]] =>
      renewing.map((key) => {
        const next = (kind: TokenKind) => createHmac("sha256", key).update(`${kind}:${spent}`).digest();
        const body = base62(next("session"), BODY_CHARACTERS);
        return {
          accessToken: `${PREFIX.session}${body}${checksum(body)}`,
          refreshToken: mintRefresh(session, next("refresh")),
        };
      }) as [Tokens, ...Tokens[]],
    hashes: (token: string): [Buffer, ...Buffer[]] =>
      peppers.map((pepper) => createHmac("sha256", pepper).update(token).digest()) as [Buffer, ...Buffer[]],
    /** What a page must send back with a write, bound to its session. */
    csrf: (token: string) => createHmac("sha256", csrf).update(token).digest("base64url"),
  };
}
export type Peppers = ReturnType<typeof createPeppers>;

export function sameText(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}

function checksum(body: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return base62(bytes, CHECK_CHARACTERS);
}

function base62(bytes: Buffer, characters: number): string {
  let value = BigInt(`0x${bytes.toString("hex")}`);
  let text = "";
  while (text.length < characters) {
    text = ALPHABET[Number(value % 62n)] + text;
    value /= 62n;
  }
  return text;
}
