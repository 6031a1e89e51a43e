import { blank } from "../contract/blank.ts";
import { emit } from "../events/emit.ts";
import { type Call, find, list, merged, type Routes } from "../http/call.ts";
import { invalid } from "../http/errors.ts";
import type { Price, Product } from "../world/types.ts";
import { mint } from "../world/world.ts";

export const priceRoutes: Routes = {
  "post /v1/products": ({ world, asked }) => {
    if (asked.id !== undefined && world.products.has(asked.id)) {
      throw invalid("id", `Product already exists.`, "resource_already_exists");
    }
    const product = blank<Product>("product", {
      id: asked.id ?? mint("prod"),
      object: "product",
      created: world.clock(),
      metadata: asked.metadata ?? {},
      name: asked.name,
      active: asked.active ?? true,
      updated: world.clock(),
    });
    world.products.set(product.id, product);
    emit(world, "product.created", product);
    return product;
  },
  "get /v1/products": (call) => list(call, active(call, call.world.products.values())),
  "get /v1/products/{id}": ({ world, id }) => find(world.products, "product", id),
  "post /v1/products/{id}": ({ world, id, asked }) => {
    const product = find(world.products, "product", id);
    product.metadata = merged(product.metadata, asked.metadata);
    if (asked.name !== undefined) product.name = asked.name;
    if (asked.active !== undefined) product.active = asked.active;
    return product;
  },
  "post /v1/prices": create,
  "get /v1/prices": (call) =>
    list(
      call,
      active(call, call.world.prices.values()).filter(
        ({ product, lookup_key: key }) =>
          (call.asked.product === undefined || product === call.asked.product) &&
          (call.asked.lookup_keys === undefined || call.asked.lookup_keys.includes(key)),
      ),
    ),
  "get /v1/prices/{price}": ({ world, id }) => find(world.prices, "price", id),
};

function active<T extends { active: boolean }>({ asked }: Call, all: Iterable<T>): T[] {
  return [...all].filter((each) => asked.active === undefined || each.active === asked.active);
}

function create({ world, asked }: Call): Price {
  const product = find(world.products, "product", asked.product ?? "", "product");
  const decimal: string | undefined = asked.unit_amount_decimal ?? asked.unit_amount?.toString();
  if (decimal === undefined)
    throw invalid("unit_amount", "One of `unit_amount` or `unit_amount_decimal` is needed.");
  if (!/^\d+(\.\d{1,12})?$/.test(decimal))
    throw invalid("unit_amount_decimal", `Invalid decimal: ${decimal}`);
  const twin = [...world.prices.values()].find(
    ({ lookup_key: key }) => key !== null && key === asked.lookup_key,
  );
  if (twin !== undefined && !asked.transfer_lookup_key) {
    throw invalid("lookup_key", `A price (\`${twin.id}\`) already uses that lookup key.`);
  }
  if (twin !== undefined) twin.lookup_key = null;
  const { recurring } = asked;
  if (recurring?.usage_type === "metered" && recurring.meter === undefined) {
    throw invalid("recurring[meter]", "Metered prices must be backed by meters.");
  }
  if (recurring?.meter !== undefined) find(world.meters, "meter", recurring.meter, "recurring[meter]");
  const price = blank<Price>("price", {
    id: mint("price"),
    object: "price",
    created: world.clock(),
    metadata: asked.metadata ?? {},
    active: asked.active ?? true,
    currency: asked.currency,
    product: product.id,
    lookup_key: asked.lookup_key ?? null,
    nickname: asked.nickname ?? null,
    type: recurring === undefined ? "one_time" : "recurring",
    unit_amount: /^\d+$/.test(decimal) ? Number(decimal) : null,
    unit_amount_decimal: decimal,
    recurring:
      recurring === undefined
        ? null
        : {
            ...blank("recurring", {}),
            interval: recurring.interval,
            interval_count: recurring.interval_count ?? 1,
            usage_type: recurring.usage_type ?? "licensed",
            meter: recurring.meter ?? null,
            trial_period_days: null,
          },
  });
  price.billing_scheme = "per_unit";
  world.prices.set(price.id, price);
  emit(world, "price.created", price);
  return price;
}
