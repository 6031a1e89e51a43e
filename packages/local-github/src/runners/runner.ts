/** `node runner.ts --jitconfig TEXT`: stands for `run.sh` of actions/runner on a machine; ends with its one job. */
const [, text = ""] = process.argv.slice(2);
const { url, key } = JSON.parse(Buffer.from(text, "base64").toString()) as { url: string; key: string };
const answer = await fetch(`${url}/_actions/runner`, { headers: { authorization: `Bearer ${key}` } });
process.stdout.write(`${await answer.text()}\n`);
process.exitCode = answer.ok ? 0 : 1;
