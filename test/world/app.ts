/** What the App is registered with; the same as the manifest asks for. */
export const APP_PERMISSIONS = {
  contents: "write",
  issues: "write",
  pull_requests: "write",
  checks: "write",
  actions: "write",
  metadata: "read",
  members: "read",
} as const;

/** A workflow that does nothing, for tests that play the runner themselves. */
export const IDLE_WORKFLOW = `name: AI-CD
run-name: AI-CD \${{ inputs.run-key }}
on:
  workflow_dispatch:
    inputs:
      attempt-id: { required: true, type: string }
      run-key: { required: true, type: string }
      control-plane-url: { required: true, type: string }
permissions: { contents: read, id-token: write }
jobs:
  agent:
    runs-on: ubuntu-latest
    steps:
      - run: "true"
`;
