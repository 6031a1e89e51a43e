import { readJson, recordOf } from "./json.ts";
import { isScript } from "./node.ts";
import { at, type Finder, fileOf, test } from "./project.ts";

/** rspec, minitest or test-unit by rake, with bundler where there is a Gemfile. */
export const findRuby: Finder = (found, directory) => {
  const { repository } = found;
  const gemfile = fileOf(found, directory, ["Gemfile", "gems.rb"]);
  const rakefile = fileOf(found, directory, ["Rakefile", "rakefile", "Rakefile.rb"]);
  if (gemfile === undefined && rakefile === undefined) return undefined;
  const gemspec = repository.paths.find(
    (path) => path.endsWith(".gemspec") && !path.slice(0, -8).includes("/"),
  );
  const words = [gemfile, rakefile, gemspec]
    .map((path) => (path === undefined ? "" : repository.text(path)))
    .join("\n");
  const below = (name: string) => repository.paths.some((path) => path.startsWith(`${at(directory, name)}/`));
  const run = gemfile === undefined ? "" : "bundle exec ";
  const isRails = repository.has(at(directory, "bin/rails")) && below("test");
  const check = below("spec") || words.includes("rspec") ? "rspec" : "rake test";
  return {
    ecosystem: "ruby",
    directory,
    from: gemfile ?? rakefile ?? "",
    setup: gemfile === undefined ? [] : ["bundle install"],
    checks: [test(isRails && !below("spec") ? "bin/rails test" : `${run}${check}`)],
  };
};

/** composer, with its own script, Pest or PHPUnit. */
export const findPhp: Finder = (found, directory) => {
  const path = at(directory, "composer.json");
  const content = found.repository.text(path);
  if (content === undefined) return undefined;
  const manifest = readJson(content);
  const scripts = recordOf(manifest.scripts);
  const configured = fileOf(found, directory, ["phpunit.xml", "phpunit.xml.dist", "phpunit.dist.xml"]);
  const script = ["test", "tests", "phpunit"].find(
    (name) => isScript(scripts, name) || Array.isArray(scripts[name]),
  );
  const run = content.includes("pestphp/pest")
    ? "vendor/bin/pest"
    : configured !== undefined || content.includes("phpunit/phpunit")
      ? "vendor/bin/phpunit"
      : undefined;
  const check = script === undefined ? run : `composer ${script}`;
  return {
    ecosystem: "php",
    directory,
    from: path,
    setup: ["composer install --no-interaction"],
    checks: check === undefined ? [] : [test(check)],
  };
};

export const findElixir: Finder = ({ repository }, directory) => {
  const path = at(directory, "mix.exs");
  if (!repository.has(path)) return undefined;
  return { ecosystem: "elixir", directory, from: path, setup: ["mix deps.get"], checks: [test("mix test")] };
};

export const findScala: Finder = ({ repository }, directory) => {
  const path = at(directory, "build.sbt");
  return repository.has(path)
    ? { ecosystem: "scala", directory, from: path, setup: [], checks: [test("sbt test")] }
    : undefined;
};

export const findDeno: Finder = (found, directory) => {
  const path = fileOf(found, directory, ["deno.json", "deno.jsonc"]);
  if (path === undefined) return undefined;
  const tasks = recordOf(readJson(found.repository.text(path)).tasks);
  const check = tasks.test === undefined ? "deno test --allow-all" : "deno task test";
  return { ecosystem: "deno", directory, from: path, setup: [], checks: [test(check)] };
};
