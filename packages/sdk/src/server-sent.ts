/** One message of a stream; each part is there only if it was sent. A comment is a message without parts. */
export type Message = { id?: string; data?: string; retryMs?: number };

/** Messages of a stream of server-sent events, whatever ends its lines (WHATWG HTML, 9.2.6). */
export async function* readMessages(pieces: AsyncIterable<string>): AsyncGenerator<Message, void> {
  let message: Message = {};
  let isEmpty = true;
  let rest = "";
  for await (const piece of pieces) {
    const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line !== "") {
        isEmpty = false;
        take(message, line);
      } else if (!isEmpty) {
        yield message;
        message = {};
        isEmpty = true;
      }
    }
  }
  // What was not ended by an empty line is half of something.
}

function take(message: Message, line: string): void {
  const [, name, value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
  if (name === "id") message.id = value;
  else if (name === "data") message.data = message.data === undefined ? value : `${message.data}\n${value}`;
  else if (name === "retry" && /^\d+$/.test(value)) message.retryMs = Number(value);
}
