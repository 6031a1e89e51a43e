import { at, type Finder, fileOf, test } from "./project.ts";

const GRADLE = ["settings.gradle.kts", "settings.gradle", "build.gradle.kts", "build.gradle"];

/** Maven or Gradle: the one with a wrapper where both are there, and the wrapper before what the machine has. */
export const findJvm: Finder = (found, directory) => {
  const has = (name: string) => found.repository.has(at(directory, name));
  const gradle = fileOf(found, directory, GRADLE);
  const isMaven = has("pom.xml") && (gradle === undefined || has("mvnw") || !has("gradlew"));
  if (isMaven) {
    const run = `${has("mvnw") ? "./mvnw" : "mvn"} --batch-mode --no-transfer-progress test`;
    return { ecosystem: "maven", directory, from: at(directory, "pom.xml"), setup: [], checks: [test(run)] };
  }
  if (gradle === undefined) return undefined;
  return {
    ecosystem: "gradle",
    directory,
    from: gradle,
    setup: [],
    checks: [test(`${has("gradlew") ? "./gradlew" : "gradle"} test`)],
  };
};
