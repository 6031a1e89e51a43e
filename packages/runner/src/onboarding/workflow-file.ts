import { ACTION } from "@aicd/core";
import { stringify } from "yaml";
import type { SetupStep } from "./setup-steps.ts";

/** Where GitHub looks for it. */
export const WORKFLOW_PATH = ".github/workflows/aicd.yml";

const HEAD = `# .github/workflows/aicd.yml - lets AI-CD work on issues of this repository.
# It must be on the default branch; the control plane starts it.
name: AI-CD
run-name: AI-CD \${{ inputs.run-key }}

on:
  workflow_dispatch:
    inputs:
      attempt-id:
        description: Given by the control plane
        required: true
        type: string
      run-key:
        description: Given by the control plane
        required: true
        type: string
      control-plane-url:
        description: Given by the control plane
        required: true
        type: string
      runs-on:
        description: Given by the control plane where the organisation's work runs on AI-CD's own servers
        default: ubuntu-latest
        type: string

# The job can read the repository and prove who it is; it cannot write anything.
permissions:
  contents: read
  id-token: write

concurrency:
  group: aicd-\${{ inputs.run-key }}
  cancel-in-progress: false

jobs:
  work:
    runs-on: \${{ inputs.runs-on }}
    timeout-minutes: 65
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          fetch-depth: 0
          persist-credentials: false
      # Commands of the agent are shut in by bubblewrap. GitHub's images (they say so in ImageOS) come without
      # it, and Ubuntu 24.04 lets only programs with a profile make namespaces; your own runners have both
      # already, or install them here. About ten seconds.
      - name: Sandbox
        run: |
          test -n "\${ImageOS:-}" || exit 0
          sudo apt-get install --yes --no-install-recommends bubblewrap ||
            { sudo apt-get update && sudo apt-get install --yes --no-install-recommends bubblewrap; }
          if [ -e /etc/apparmor.d/abi/4.0 ]; then
            printf '%s\\n' 'abi <abi/4.0>,' 'include <tunables/global>' \\
              'profile bwrap /usr/bin/bwrap flags=(unconfined) {' '  userns,' '}' |
              sudo tee /etc/apparmor.d/bwrap >/dev/null
            sudo apparmor_parser --replace /etc/apparmor.d/bwrap
          fi
`;
const NO_STEPS = "      # Steps that install what the checks need (language, services) belong here.\n";
const OWN_STEPS = "      # What this repository's own CI installs before its tests.\n";
const TAIL = `      - uses: ${ACTION}
        id: aicd
        with:
          control-plane-url: \${{ inputs.control-plane-url }}
          attempt-id: \${{ inputs.attempt-id }}
          run-key: \${{ inputs.run-key }}
      # What was written, finished or not: an attempt that fails was paid for all the same.
      - uses: actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0
        if: always() && steps.aicd.outputs.patch != ''
        with:
          name: aicd-patch
          path: \${{ steps.aicd.outputs.patch }}
          retention-days: 14
`;

/**
 * The workflow of a repository; the same for GitHub's runners and for one's own. With no steps it is
 * `action/examples/aicd.yml`.
 */
export function workflowFile(steps: readonly SetupStep[]): string {
  if (steps.length === 0) return `${HEAD}${NO_STEPS}${TAIL}`;
  const list = steps.map((step) => ({
    uses: step.uses,
    ...(Object.keys(step.with).length === 0 ? {} : { with: step.with }),
  }));
  const text = stringify(list, { lineWidth: 0 }).replaceAll(/^(?=.)/gm, "      ");
  return `${HEAD}${OWN_STEPS}${text}${TAIL}`;
}
