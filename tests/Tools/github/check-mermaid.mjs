// Judges the Mermaid charts of Markdown texts, given as JSON array on standard input, by Mermaid's own parser.
// Prints one line for each chart that does not parse, and at last how many there were.
import { readFileSync } from 'node:fs';
import { JSDOM } from 'jsdom';

globalThis.window = new JSDOM('').window;
globalThis.document = globalThis.window.document;
const { default: mermaid } = await import('mermaid');

let charts = 0;
for (const text of JSON.parse(readFileSync(0, 'utf8'))) {
  for (const [, chart] of text.matchAll(/^```mermaid\n([\s\S]*?)^```$/gm)) {
    charts++;
    try {
      await mermaid.parse(chart);
    } catch (e) {
      console.log(`${String(e.message).replaceAll('\n', ' ')} in: ${chart}`);
      process.exitCode = 1;
    }
  }
}

console.log(`${charts} charts`);
