/**
 * Runs inside the sandbox, in front of the program: a port of its own network namespace that leads to
 * the model proxy's socket and nowhere else. It is plain text because no file of ours need be visible
 * in there. Arguments: socket, then the program's. `{{models}}` becomes that port's address. A program
 * that cannot be started is exit code 127, as in a shell.
 */
export const PORT_FORWARDER = `
const { createServer, connect } = require("node:net");
const { spawn } = require("node:child_process");
const { argv: given, env: around } = process;
const [socket, ...argv] = given.slice(1);
const server = createServer((inner) => {
  const outer = connect(socket);
  inner.pipe(outer).pipe(inner);
  inner.on("error", () => outer.destroy());
  outer.on("error", () => inner.destroy());
});
server.listen(0, "127.0.0.1", () => {
  const fill = (text) => text.replaceAll("{{models}}", "http://127.0.0.1:" + server.address().port);
  const env = Object.fromEntries(Object.entries(around).map(([name, value]) => [name, fill(value)]));
  const [file, ...rest] = argv.map(fill);
  const child = spawn(file, rest, { env, stdio: "inherit" });
  child.on("error", (error) => {
    process.stderr.write(String(error.message) + "\\n");
    process.exit(error.code === "ENOENT" ? 127 : 126);
  });
  child.on("exit", (code) => process.exit(code ?? 1));
});
`;
