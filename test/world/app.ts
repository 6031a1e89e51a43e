import { DEMO_APP } from "../../packages/cli/src/demo/app.ts";

/** What the App is registered with; the same as the manifest asks for, no more and no fewer. */
export const { permissions: APP_PERMISSIONS, events: APP_EVENTS } = DEMO_APP;

/** Where the workflow is that the control plane dispatches. */
export const WORKFLOW = ".github/workflows/aicd.yml";

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
