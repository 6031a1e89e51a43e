const STRICT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A name as text, or undefined when its bytes are no UTF-8: such a name is never bent into another. */
export function decodeName(bytes: Uint8Array): string | undefined {
  try {
    return STRICT.decode(bytes);
  } catch {
    // The decoder has no other way to say so.
    return undefined;
  }
}

/** A name for people's eyes, whatever its bytes: what is not plain text is written as `\xNN`. */
export function spellName(bytes: Uint8Array): string {
  const text = decodeName(bytes);
  if (text !== undefined && !/\p{C}/u.test(text)) return text;
  return [...bytes]
    .map((byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`,
    )
    .join("");
}

/** The fields of a list that NULs end, as bytes. */
export function* fieldsOf(list: Buffer): Generator<Buffer> {
  for (let at = 0; at < list.byteLength; ) {
    const end = list.indexOf(0, at);
    const to = end < 0 ? list.byteLength : end;
    yield list.subarray(at, to);
    at = to + 1;
  }
}
