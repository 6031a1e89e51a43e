/** Answer to `/aicd help`. */
export const HELP = `| command | what it does |
|---|---|
| \`/aicd\` or \`/aicd plan\` | plan a change for this issue and wait for approval |
| \`/aicd run\` | plan and go on without waiting, where the settings allow it |
| \`/aicd approve <hash>\` | approve exactly that plan (or, as an admin, that blocked change) |
| \`/aicd revise <text>\` | ask for another plan, or answer a question |
| \`/aicd retry\` | try again after a failure |
| \`/aicd retry --partial\` | publish what there is as a draft, unfinished as it is |
| \`/aicd cancel\` | stop the work |
| \`/aicd status\` · \`/aicd explain\` | where it stands · what happened so far, and what each step cost |
| \`/aicd doctor\` | what would stop a run here, and what to do about it |
| \`/aicd ask <question>\` | an answer about the work, from its record; a question needs no \`ask\` |

Flags: \`--model <name>\`, \`--budget $<n>\`, \`--base <branch>\`. A submitted review on the pull request starts a retry.`;
