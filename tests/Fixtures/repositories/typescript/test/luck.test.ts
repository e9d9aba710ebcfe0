import { it } from 'node:test';
import assert from 'node:assert/strict';
import { roll } from '../src/lists.js';

it('is lucky half of the time', () => assert.ok(roll(2) > 1));
