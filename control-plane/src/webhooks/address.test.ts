import { expect, it } from "vitest";
import { faultOf, isPublicAddress, pinned } from "./address.ts";

it.each(
  `127.0.0.1 127.1 2130706433 0x7f.1 0177.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0
  255.255.255.255 224.0.0.1 [::1] [::] [::ffff:127.0.0.1] [::ffff:a9fe:a9fe] [::127.0.0.1] [fe80::1] [fc00::1] [fec0::1]
  [64:ff9b::7f00:1] [2002:7f00:1::] [2001:db8::1] [ff02::1] [1::1] [4000::1]`.split(/\s+/),
)("refuses %s, which is no address of the internet", (host) => {
  expect(faultOf(new URL(`https://${host}/hooks`), "refuse")).toMatch(/is no address on the internet/);
  expect(faultOf(new URL(`http://${host}/hooks`), "allow")).toBeUndefined();
});

it.each(["8.8.8.8", "2606:4700:4700::1111", "1.1.1.1"])("takes %s", (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

it.each([
  ["http://example.com/", /Use https/],
  ["https://me:secret@example.com/", /Leave out user and password/],
  ["https://example.com/#here", /never sent/],
])("says what is wrong with %s", (url, fault) => {
  expect(faultOf(new URL(url), "refuse")).toMatch(fault);
});

it("connects to none of a name's addresses when one of them is private, however often it is asked", async () => {
  const answers = [["8.8.8.8"], ["8.8.8.8", "127.0.0.1"], ["127.0.0.1"]];
  const look = pinned(async () => answers.shift() ?? []);
  const found = () =>
    new Promise((resolve) => {
      look("hooks.example.com", { all: true }, (error, addresses) => resolve(error ?? addresses));
    });

  expect(await found()).toEqual([{ address: "8.8.8.8", family: 4 }]);
  expect(await found()).toBeInstanceOf(Error);
  expect(await found()).toBeInstanceOf(Error);
});
