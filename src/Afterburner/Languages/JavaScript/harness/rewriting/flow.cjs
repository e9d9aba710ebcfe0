// Recipes applied to one function: every recipe alone, and all that fired together. No code under review runs here.
'use strict';

const { read } = require('./text.cjs');
const { RECIPES } = require('./recipes.cjs');

/**
 * Request: `source` and `indent` of the function, `observed`, `patterns` (`id`, and `edits` of bytes within the source), whether it is `typed`: then what a compiler of types would refuse is not proposed; answer: a line a proposal.
 */
function main(request, emit) {
  const { source, indent = '', observed = {}, patterns = [], typed = false } = request;
  const recipes = RECIPES.filter(each => !typed || !each.looserTypes), alone = [];
  for (const { id, edits } of patterns) {
    const after = attempt(() => patterned(source, edits));
    if (after) alone.push([[id], after]);
  }
  for (const recipe of recipes) {
    const after = attempt(() => rewritten(recipe, source, indent, observed));
    if (after) alone.push([[recipe.id], after]);
  }
  const together = alone.length > 1 ? composed(alone.map(([[id]]) => id), patterns, source, indent, observed) : null;
  if (together !== null && !alone.some(([, after]) => after === together[1])) alone.push(together);
  for (const [recipes, after] of alone) emit({ type: 'proposal', recipes, source: after });
  emit({ type: 'done', recipes: Object.fromEntries(RECIPES.map(({ id, title, why, unsafeWhen }) => [id, { title, why, unsafeWhen }])) });
}

/** What a recipe makes of a function's text; null where it has nothing to do there. */
function rewritten(recipe, source, indent, observed) {
  const text = read(source, indent, observed);
  recipe.rewrite(text);
  return text.result();
}

function patterned(source, edits) {
  let bytes = Buffer.from(source);
  for (const [start, end, text] of [...edits].sort((a, b) => b[0] - a[0])) bytes = Buffer.concat([bytes.subarray(0, start), Buffer.from(text), bytes.subarray(end)]);
  const after = String(bytes);
  read(after, '', {});
  return after === source ? null : after;
}

/** Edits of patterns come first: their places are known in the text as it was. */
function composed(ids, patterns, source, indent, observed) {
  const taken = [], done = [];
  for (const { id, edits } of patterns.filter(each => ids.includes(each.id))) {
    const free = edits.filter(edit => !taken.some(other => edit[0] < other[1] && other[0] < edit[1]));
    taken.push(...free);
    if (free.length) done.push(id);
  }
  let now = taken.length ? attempt(() => patterned(source, taken)) : source;
  if (now === null) [now, done.length] = [source, 0];
  for (const recipe of RECIPES.filter(each => ids.includes(each.id))) {
    const after = attempt(() => rewritten(recipe, now, indent, observed));
    if (after) {
      now = after;
      done.push(recipe.id);
    }
  }
  return done.length > 1 ? [done, now] : null;
}

function attempt(rewrite) {
  try {
    return rewrite();
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return null;
    throw error;
  }
}

module.exports = { main, rewritten };
