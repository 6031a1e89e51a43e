import { type ComponentChild, h } from "preact";
import { money } from "../../words.ts";

const WIDTH = 720;
const HEIGHT = 160;
const BASE = 18;
const GAP = 4;

/** Money over days. The table beside it and each bar's title say the same to whoever cannot see it. */
export function Bars({
  label,
  bars,
}: {
  label: string;
  bars: { key: string; value: number }[];
}): ComponentChild {
  const top = Math.max(...bars.map(({ value }) => value), 1);
  const most = bars.reduce((all, { value }) => Math.max(all, value), 0);
  const step = WIDTH / bars.length;
  return h(
    "figure",
    { class: "bars" },
    h(
      "svg",
      {
        viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
        role: "img",
        "aria-label": `${label}; most on one day: ${money(most)}`,
      },
      ...bars.map(({ key, value }, index) => {
        const height = value === 0 ? 0 : Math.max(2, ((HEIGHT - BASE - 4) * value) / top);
        const day = key.slice(-2).replace(/^0/, "");
        return h(
          "g",
          null,
          h("title", null, `${key}: ${money(value)}`),
          h("rect", { class: "slot", x: index * step, y: 0, width: step, height: HEIGHT - BASE }),
          h("rect", {
            class: "bar",
            x: index * step + GAP / 2,
            y: HEIGHT - BASE - height,
            width: step - GAP,
            height,
            rx: 2,
          }),
          (index === 0 || (index + 1) % 5 === 0) &&
            h("text", { x: index * step + step / 2, y: HEIGHT - 4, "text-anchor": "middle" }, day),
        );
      }),
      h("line", { x1: 0, x2: WIDTH, y1: HEIGHT - BASE, y2: HEIGHT - BASE }),
    ),
  );
}
