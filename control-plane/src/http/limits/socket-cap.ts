import type { Server } from "node:http";
import { BlockList, isIP, type Socket } from "node:net";
import { neighbourhood } from "./rates.ts";

/**
 * Bounds how many connections one address holds open, before anything is read from them: one more is closed at
 * once. GitHub's webhooks come over few, and a browser opens six.
 *
 * @param exempt load balancers, whose connections are everybody's: addresses or networks such as 10.0.0.0/8
 */
export function capSockets(server: Server, options: { perAddress: number; exempt: readonly string[] }): void {
  const { perAddress } = options;
  const isExempt = listOf(options.exempt);
  const open = new Map<string, number>();

  server.on("connection", (socket: Socket) => {
    const { remoteAddress } = socket;
    if (remoteAddress === undefined || isExempt(remoteAddress)) return;
    const who = neighbourhood(remoteAddress);
    const count = (open.get(who) ?? 0) + 1;
    if (count > perAddress) return void socket.destroy();
    open.set(who, count);
    socket.once("close", () => {
      const left = (open.get(who) ?? 1) - 1;
      if (left === 0) open.delete(who);
      else open.set(who, left);
    });
  });
}

function listOf(places: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const place of places) {
    const [network = "", prefix] = place.split("/");
    const family = isIP(network) === 6 ? "ipv6" : "ipv4";
    if (prefix === undefined) list.addAddress(network, family);
    else list.addSubnet(network, Number(prefix), family);
  }
  return (address) => {
    const plain = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
    return list.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4");
  };
}
