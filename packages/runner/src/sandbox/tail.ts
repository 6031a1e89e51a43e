/** Collects text up to a limit: the first quarter and the newest rest, with a mark in between. */
export function createTail(maxCharacters: number): { add(text: string): void; text(): string } {
  const headLimit = Math.floor(maxCharacters / 4);
  const tailLimit = maxCharacters - headLimit;
  let head = "";
  let tail = "";
  let total = 0;
  return {
    add(text) {
      total += text.length;
      const room = headLimit - head.length;
      head += text.slice(0, Math.max(0, room));
      tail += text.slice(Math.max(0, room));
      // Trimmed rarely, so that a flood of small pieces stays linear.
      if (tail.length > tailLimit * 2) tail = tail.slice(-tailLimit);
    },
    text() {
      const end = tail.slice(-tailLimit);
      const left = total - head.length - end.length;
      return left > 0 ? `${head}\n[… ${left} characters left out …]\n${end}` : head + end;
    },
  };
}
