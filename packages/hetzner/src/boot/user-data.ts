import { readFileSync } from "node:fs";

/** docs.hetzner.cloud "Server metadata": with it goes the user data, and in that the runner's configuration. */
const METADATA = "169.254.169.254";

/**
 * cloud-init for a machine that takes one job and goes. It is JSON, which is YAML too, so that nothing in it can be
 * read as anything else.
 * @param given.config GitHub's just-in-time configuration of one runner
 * @param given.proxy `http://ADDRESS:PORT`; nothing goes out but to it
 */
export function userDataFor(given: { config: string; proxy: URL }): string {
  const script = readFileSync(new URL("./boot.sh", import.meta.url), "utf8");
  const file = (path: string, content: string, permissions: string) => ({
    path,
    content,
    permissions,
    owner: "root:root",
  });
  const document = {
    ssh_pwauth: false,
    disable_root: true,
    package_update: false,
    write_files: [
      file("/run/aicd/jitconfig", given.config, "0600"),
      file("/etc/aicd/proxy", given.proxy.origin, "0644"),
      file("/etc/aicd/egress.nft", egressRules(given.proxy), "0600"),
      file("/opt/aicd/boot.sh", script, "0700"),
    ],
    runcmd: [["/opt/aicd/boot.sh"]],
  };
  return `#cloud-config\n${JSON.stringify(document, null, 1)}\n`;
}

/** Nothing comes in; what goes out goes to the proxy, which knows the hosts that are allowed. */
function egressRules(proxy: URL): string {
  const port = proxy.port === "" ? "80" : proxy.port;
  return `flush ruleset
table inet aicd {
  chain input {
    type filter hook input priority 0; policy drop;
    iif lo accept
    ct state established,related accept
  }
  chain forward {
    type filter hook forward priority 0; policy drop;
  }
  chain output {
    type filter hook output priority 0; policy drop;
    ip daddr ${METADATA} reject
    oif lo accept
    ct state established,related accept
    ip daddr ${proxy.hostname} tcp dport ${port} accept
    reject
  }
}
`;
}
