// Talks to a server of the Model Context Protocol over standard input and output, with the client of its authors, and says what came back, as JSON.
// Input: { command, args, cwd, env, steps: [STEP] }. A step is one of
//   { do: "list" }                                           the tools, as they are listed
//   { do: "call", name, arguments, cancelWhen?, closeWhen? } calls one; once a process of this machine has the text in its command line, cancels it, or closes the connection
//   { do: "gone", text }                                     whether no process has the text in its command line any more, within 20 seconds
//   { do: "raw", line }                                      writes a line as it is, behind the client's back
// Output: { server, instructions, errors: what the client could not read, log: standard error, steps: [what each came to] }.
import { readdirSync, readFileSync } from "node:fs";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";

let text = "";
for await (const chunk of process.stdin.setEncoding("utf8")) text += chunk;
const input = JSON.parse(text);
const transport = new StdioClientTransport({ command: input.command, args: input.args, cwd: input.cwd, env: input.env, stderr: "pipe" });
const client = new Client({ name: "afterburner-tests", version: "1.0.0" });
const errors = [];
let log = "";
// This client looks at an answer before the notifications that came with it, and knows their token no more then.
client.onerror = (error) => /progress notification for an unknown token/.test(error.message) || errors.push(String(error.message));
transport.stderr.on("data", (data) => (log += data));
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function runs(text) {
  return readdirSync("/proc").some((entry) => {
    try {
      return /^\d+$/.test(entry) && readFileSync(`/proc/${entry}/cmdline`, "utf8").split("\0").some((word) => word === text);
    } catch {
      return false;
    }
  });
}

async function seen(text, wanted, seconds) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await pause(50)) {
    if (runs(text) === wanted) return true;
  }
  return false;
}

async function call(step) {
  const progress = [];
  const controller = new AbortController();
  const calling = client
    .callTool({ name: step.name, arguments: step.arguments }, undefined, {
      timeout: 240_000,
      resetTimeoutOnProgress: true,
      signal: controller.signal,
      onprogress: (p) => progress.push({ progress: p.progress, message: p.message }),
    })
    .then((result) => ({ result }), (error) => ({ error: String(error.message), code: error.code }));
  const awaited = step.cancelWhen ?? step.closeWhen;
  const began = awaited === undefined ? undefined : await seen(awaited, true, 120);
  if (step.cancelWhen !== undefined) controller.abort("not wanted any more");
  if (step.closeWhen !== undefined) await client.close();
  return { ...(await calling), progress, began };
}

const steps = [];
await client.connect(transport);
const server = client.getServerVersion();
const instructions = client.getInstructions();
for (const step of input.steps) {
  if (step.do === "list") steps.push(await client.listTools());
  else if (step.do === "call") steps.push(await call(step));
  else if (step.do === "gone") steps.push({ gone: await seen(step.text, false, 20) });
  else if (step.do === "raw") steps.push({ written: transport._process.stdin.write(`${step.line}\n`) });
}
await client.close();
console.log(JSON.stringify({ server, instructions, errors, log, steps }));
process.exit(0);
