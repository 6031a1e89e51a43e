import { existsSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Files in which programs of developers keep passwords, below a home. A home is hidden as a whole, but PATH
 * brings folders of it back (`~/.cargo` for `~/.cargo/bin`). Each is the place its program's manual names.
 */
const IN_HOME = [
  ...[".cargo/credentials", ".cargo/credentials.toml", ".gem/credentials", ".bundle/config"],
  ...[".local/share/keyrings", ".local/share/gh", ".local/share/containers", ".local/share/uv/credentials"],
  ...[".local/share/python_keyring", ".local/state/gh", ".deno/auth", ".bun/auth.json"],
  ...[".nuget/NuGet/NuGet.Config", ".dotnet/corefx/cryptography", ".m2/settings.xml"],
  ...[".m2/settings-security.xml", ".gradle/gradle.properties", ".sbt/.credentials", ".ivy2/.credentials"],
  ...[
    ".composer/auth.json",
    ".pulumi/credentials.json",
    ".terraform.d/credentials.tfrc.json",
    ".fly/config.yml",
  ],
  ...[".npm-global/etc/npmrc", ".volta/etc/npmrc", ".rbenv/credentials", ".krew/config", ".rd/.kube"],
] as const;

/** For where the runner is root, whose files a namespace does not take from it. */
const IN_SYSTEM = ["/etc/shadow", "/etc/gshadow", "/etc/shadow-", "/etc/gshadow-", "/etc/sudoers"] as const;

/** What of these is on this machine, files and folders apart. */
export function credentialPlaces(): { files: string[]; folders: string[] } {
  const there = [...IN_HOME.map((name) => join(homedir(), name)), ...IN_SYSTEM].filter((place) =>
    existsSync(place),
  );
  const isFolder = (place: string) => statSync(place).isDirectory();
  return { files: there.filter((place) => !isFolder(place)), folders: there.filter(isFolder) };
}
