// Signs in to a worker's pages by the keyboard alone, looks at each page in light and dark and at two widths, and says what it found, as JSON.
// Input: { chromium, address, token, gitHub: whether people sign in there, too, pages: [PATH],
// spoil: a script that is run on each page first, or null, pictures: FOLDER or null }.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const input = JSON.parse(readFileSync(0, "utf8"));
const browser = await chromium.launch({ executablePath: input.chromium, args: ["--no-sandbox"] });
const found = [];
const steps = [];

async function tabTo(page, matches) {
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const e = document.activeElement;
      const outline = getComputedStyle(e).outlineStyle;
      return { tag: e.tagName.toLowerCase(), id: e.id, text: e.textContent.trim(), seen: outline !== "none" };
    });
    if (!matches(at)) continue;
    if (!at.seen) found.push({ page: page.url(), what: `the focus on ${at.tag} "${at.text}" is not seen` });
    return at;
  }
  throw new Error(`nothing like ${matches} can be reached by Tab on ${page.url()}`);
}

try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  page.on("console", (m) => { if (m.type() === "error") found.push({ page: page.url(), what: `the browser says: ${m.text()}` }); });
  page.on("pageerror", (e) => found.push({ page: page.url(), what: `a script failed: ${e.message}` }));
  await page.goto(input.address);
  steps.push(new URL(page.url()).pathname);
  await tabTo(page, (at) => at.id === "token");
  await page.keyboard.type(input.token);
  await page.keyboard.press("Enter");
  await page.waitForURL(input.address);
  steps.push(new URL(page.url()).pathname);
  for (const scheme of input.spoil ? ["light"] : ["light", "dark"]) {
    for (const width of input.spoil ? [1280] : [1280, 360]) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 800 });
      for (const path of input.pages) {
        await page.goto(new URL(path, input.address).toString());
        if (input.spoil) await page.evaluate(input.spoil);
        // The policy of the page keeps out scripts that are not its own; this one comes from outside of it.
        const results = await page.evaluate(`${axe}; axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })`);
        for (const violation of results.violations)
          found.push({ page: path, scheme, width, what: `${violation.id}: ${violation.help}`, where: violation.nodes.map((n) => n.html).slice(0, 3) });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (wide > 0) found.push({ page: path, scheme, width, what: `it is ${wide} pixels wider than the window` });
        if (input.pictures) await page.screenshot({ path: join(input.pictures, `${path.replaceAll("/", "_") || "_"}-${scheme}-${width}.png`), fullPage: true });
      }
    }
  }
  await page.goto(input.address);
  await tabTo(page, (at) => at.tag === "button" && at.text === "Sign out");
  await page.keyboard.press("Enter");
  await page.waitForURL(/sign-in/);
  steps.push(new URL(page.url()).pathname);
  if (input.gitHub) {
    // The form leads to another site and back: a policy or a cookie may be in the way.
    await tabTo(page, (at) => at.tag === "button" && at.text === "Sign in through GitHub");
    await page.keyboard.press("Enter");
    await page.waitForURL(input.address);
    steps.push(`${new URL(page.url()).pathname} as ${await page.locator("header span").textContent()}`);
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify({ found, steps }));
