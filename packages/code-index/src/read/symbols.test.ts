import { describe, expect, it } from "vitest";
import { symbolsOf } from "./symbols.ts";

const names = (text: string) => symbolsOf(text.split("\n")).map(({ name }) => name);

describe("symbolsOf", () => {
  it.each([
    [
      "Python",
      "class Session(object):\n    def send(self, x):\n        if x:\n            pass\n    async def close(self):\nMAX_SIZE = 3\n",
      ["Session", "send", "close", "MAX_SIZE"],
    ],
    [
      "TypeScript",
      "export const LONGEST = 1;\nexport async function parse<T>(a: T) {\n  const local = 1;\n    const deep = 2;\n}\ninterface Shape {}\nclass A {\n  private async render(props: P): Promise<void> {\n    if (x) {\n",
      ["LONGEST", "parse", "local", "Shape", "A", "render"],
    ],
    [
      "JavaScript",
      "app.use = function use(fn) {\nmodule.exports.send = async (x) => {\nrequest.get =\nfoo(bar);\n",
      ["use", "send"],
    ],
    [
      "Go",
      "func (r *Router) Handle(path string) error {\ntype Engine struct {\nfunc New() *Engine {\n",
      ["Handle", "Engine", "New"],
    ],
    [
      "Rust",
      "pub(crate) fn parse(&self) -> T {\nimpl<T> Display for Arg {\npub struct Name<'a> {\nmacro_rules! arg {\nimpl Route {\n",
      ["parse", "Arg", "Name", "arg", "Route"],
    ],
    [
      "Java",
      "public class Gson {\n  public List<String> names(int n) {\n    return call(a);\n  private static final int X = 1;\n",
      ["Gson", "names"],
    ],
    [
      "C",
      "static int parse(char *s)\n{\n  call(s);\n}\nstruct point {\n#define MOST 3\nstatic char *\nname_of(int x)\n{\n  other(x);\n",
      ["parse", "point", "MOST", "name_of"],
    ],
    [
      "Elixir",
      "defmodule Plug.Conn do\n  defmacro is_set(x) do\n  defp read(conn) do\nend\ndefprotocol Enumerable do\ndefimpl Enumerable, for: List do\n",
      ["Conn", "is_set", "read", "Enumerable", "Enumerable"],
    ],
    [
      "C#",
      "public sealed class Log<T> : ILog\n{\n    public string Name { get; set; }\n    public int Count => items.Count;\n    public Log(ILog inner)\n    {\n    public TOut Get<TIn, TOut>(TIn x)\n    {\n        var local = Make(x);\n        Call(x);\n",
      ["Log", "Name", "Count", "Log", "Get"],
    ],
    [
      "members of TypeScript classes",
      "class A {\n  #close() {\n  #open = async () => {\n  send = (x: number) => {\n  render() {\n    this.call(x);\n",
      ["A", "close", "open", "send", "render"],
    ],
    ["nested names of Ruby", "module A::B\nclass Sinatra::Base < Other\n", ["B", "Base"]],
    [
      "Ruby",
      "module Zoo\n  class Keeper\n    def self.feed(x)\n    def rest?\n",
      ["Zoo", "Keeper", "feed", "rest"],
    ],
  ])("finds the definitions of %s", (_, text, expected) => {
    expect(names(text)).toEqual(expected);
  });

  it("is linear in hostile lines", () => {
    const hostile = ["(", "<", "@a(", "A::", "#define ", "public ", "x = ("].map((piece) =>
      piece.repeat(40_000),
    );

    expect(symbolsOf(hostile)).toEqual([]);
  });

  it("lets each definition reach to the next", () => {
    const found = symbolsOf(["import x", "def a():", "  pass", "def b():", "  pass"]);

    expect(found).toEqual([
      { name: "a", from: 2, to: 3 },
      { name: "b", from: 4, to: 5 },
    ]);
  });
});
