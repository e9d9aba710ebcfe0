'use strict';

const { LEAST, isName, only, isCallOf, isLength } = require('../shapes.cjs');

module.exports = {
  id: 'js-seen-set',
  title: 'Remember in a Set what was kept',
  why: 'A Set finds an element in constant time; `includes` goes through all that was kept for each element.',
  unsafeWhen: 'the lists are so short that a Set costs more than the search',
  gain: { small: 0.54, large: 29 },
  rewrite(text) {
    for (const name of new Set(text.calls('includes').map(call => call.callee.object).filter(node => isName(node)).map(node => node.name))) {
      const declaration = text.emptyList(name);
      const lists = Object.entries(text.observed).filter(([each]) => text.isParameter(each) && text.wasArray(each, LEAST));
      const pushes = text.calls('push').filter(call => isName(call.callee.object, name)), asked = text.calls('includes').filter(call => isName(call.callee.object, name));
      const isKept = (node, parent, above) => ['includes', 'push'].some(method => isCallOf(node, parent, above, method)) || isLength(node, parent, above) || parent.type === 'ReturnStatement' || parent.type === 'VariableDeclarator' && parent.id === node;
      if (!declaration || lists.length === 0 || !only(text, name, isKept) || !asked.every(call => text.loop(call) && call.arguments.length === 1)) continue;
      if (pushes.length === 0 || !pushes.every(call => isName(call.arguments[0]) && text.parents.get(call).type === 'ExpressionStatement' && text.parents.get(text.parents.get(call)).type === 'BlockStatement')) continue;
      const seen = text.fresh('seen');
      text.after(declaration, `const ${seen} = new Set();`);
      for (const call of asked) text.replace(call.callee, `${seen}.has`);
      for (const call of pushes) text.after(text.parents.get(call), `${seen}.add(${text.of(call.arguments[0])});`);
    }
  },
};
