'use strict';

const { isArrow, bare, isName, isPlain, madeOnce } = require('../shapes.cjs');

module.exports = {
  id: 'js-find-map',
  title: 'Look elements up in a Map',
  why: 'The list is gone through once, when the Map is made; `find` goes through it for every element of the loop.',
  unsafeWhen: 'the list or its elements change in the loop, or what is looked for may be NaN',
  gain: { small: 0.44, large: 27 },
  looserTypes: true, // what the Map holds is not said
  rewrite(text) {
    const searches = text.calls('find').flatMap(call => {
      const [callback] = call.arguments;
      if (!isName(call.callee.object) || call.arguments.length !== 1 || !isArrow(callback) || callback.params.length !== 1 || !text.loop(call)) return [];
      const [{ name: each }] = callback.params, body = bare(callback.body);
      if (body.type !== 'BinaryExpression' || body.operator !== '===') return [];
      const [key, wanted] = text.names(body.left, each) ? [body.left, body.right] : [body.right, body.left];
      const isKey = key.type === 'MemberExpression' && isPlain(key) && isName(key.object, each);
      return isKey && isPlain(wanted) && !text.names(wanted, each) ? [{ call, each, key: text.of(key), wanted, list: call.callee.object.name }] : [];
    });
    const alike = searches.filter(({ list, key, each }) => searches.every(other => other.list !== list || other.key === key && other.each === each));
    const names = madeOnce(text, alike, 'Map', null);
    for (const { call, wanted, list, each, key } of alike) if (names.has(list)) text.replace(call, `(${names.get(list)} ??= new Map(${list}.map(${each} => [${key}, ${each}]).reverse())).get(${text.of(wanted)})`);
  },
};
