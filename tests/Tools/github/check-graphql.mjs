// Judges GraphQL by GitHub's schema. Reads {"exchanges":[{query, variables, answer}]} from standard input: queries must be
// valid, and every answer must be one that the schema allows (kinds, enum values, members that are never null).
// Prints one line for each violation; the exit code says whether there are any.
import { readFileSync } from 'node:fs';
import { buildSchema, execute, parse, validate } from 'graphql';
import { schema as github } from '@octokit/graphql-schema';

const schema = buildSchema(github.idl, { assumeValid: true });
const { exchanges } = JSON.parse(readFileSync(0, 'utf8'));
const violations = [];
for (const { query, variables, answer } of exchanges) {
  const name = /\w+ (\w+)/.exec(query)[1];
  const document = parse(query);
  const wrong = validate(schema, document);
  violations.push(...wrong.map((e) => `${name}: ${e.message}`));
  if (wrong.length || !answer?.data || answer.errors) continue;
  const { errors } = execute({
    schema, document, variableValues: variables, rootValue: answer.data,
    fieldResolver: (source, _arguments, _context, info) => source[info.path.key],
    typeResolver: (value, _context, _info, type) => value.__typename ?? schema.getPossibleTypes(type)[0].name,
  });
  violations.push(...(errors ?? []).map((e) => `${name}: the answer: ${e.message}`));
}

for (const violation of violations) console.log(violation);
process.exitCode = violations.length ? 1 : 0;
