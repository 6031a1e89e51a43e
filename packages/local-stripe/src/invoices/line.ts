import { blank } from "../contract/blank.ts";
import type { Item, Line, Price } from "../world/types.ts";
import { mint } from "../world/world.ts";

export function makeLine(given: {
  item: Item;
  price?: Price;
  amount: number;
  quantity: number;
  period: { start: number; end: number };
  description: string;
  proration?: true;
}): Line {
  const { item, amount, price = item.price } = given;
  return blank<Line>("line_item", {
    id: mint("il"),
    object: "line_item",
    amount,
    subtotal: amount,
    currency: price.currency,
    description: given.description,
    quantity: given.quantity,
    period: given.period,
    pricing: {
      type: "price_details",
      price_details: { price: price.id, product: price.product },
      unit_amount_decimal: price.unit_amount_decimal,
    },
    parent: {
      type: "subscription_item_details",
      invoice_item_details: null,
      subscription_item_details: {
        subscription: item.subscription,
        subscription_item: item.id,
        proration: given.proration === true,
        invoice_item: null,
        proration_details: null,
      },
    },
    pretax_credit_amounts: [],
  });
}
