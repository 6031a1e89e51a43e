/** Answer to `/aicd help`. */
export const HELP = `| command | what it does |
|---|---|
| \`/aicd\` or \`/aicd plan\` | plan a change for this issue and wait for approval |
| \`/aicd run\` | plan and go on without waiting, where the settings allow it |
| \`/aicd approve <hash>\` | approve exactly that plan (or, as an admin, that blocked change) |
| \`/aicd revise <text>\` | ask for another plan, or answer a question |
| \`/aicd retry\` | try again after a failure |
| \`/aicd cancel\` | stop the work |
| \`/aicd status\` · \`/aicd explain\` | where it stands · what happened so far |

Flags: \`--model <name>\`, \`--budget $<n>\`, \`--base <branch>\`. A submitted review on the pull request starts a retry.`;
