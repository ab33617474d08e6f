// The demo shop of the browser tests. What the server prints goes to server.log too.
import { createWriteStream } from "node:fs";
import { startProcess } from "./support/server.mjs";

const server = startProcess(["--demo", "--private-hosts", "127.0.0.1"]);
const log = createWriteStream("server.log");
for (const stream of [server.stdout, server.stderr]) {
  stream.pipe(log, { end: false });
  stream.pipe(process.stdout, { end: false });
}
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => server.kill(signal));
server.on("error", (error) => {
  console.error(error.message);
  process.exitCode = 1;
});
server.on("close", (code) => {
  process.exitCode ||= code ?? 1;
});
