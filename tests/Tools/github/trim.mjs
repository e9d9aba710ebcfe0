// Trims GitHub's OpenAPI document to the operations that Afterburner uses, so that a validating proxy starts in seconds.
//
//   npm install --no-save @octokit/openapi@23.0.2 --prefix /tmp/openapi
//   node trim.mjs /tmp/openapi/node_modules/@octokit/openapi/generated/api.github.com.json ../../Fixtures/github/openapi.json
//
// What is changed, beside leaving out: only successful JSON replies are kept; replies lose their headers (the Link
// examples name the real host) and examples; request objects are closed, so that a misspelt member is a violation; the
// values of "side" and the longest body, which the document gives in words only, are written as rules; GraphQL is added
// as a path that takes any query (queries are judged by GitHub's GraphQL schema).
import fs from 'node:fs';

const operations = {
  '/repos/{owner}/{repo}': ['get'],
  '/repos/{owner}/{repo}/compare/{basehead}': ['get'],
  '/repos/{owner}/{repo}/pulls': ['get', 'post'],
  '/repos/{owner}/{repo}/pulls/{pull_number}': ['get'],
  '/repos/{owner}/{repo}/pulls/{pull_number}/files': ['get'],
  '/repos/{owner}/{repo}/pulls/{pull_number}/reviews': ['post'],
  '/repos/{owner}/{repo}/issues/{issue_number}/comments': ['get', 'post'],
  '/repos/{owner}/{repo}/issues/comments/{comment_id}': ['patch'],
  '/repos/{owner}/{repo}/collaborators/{username}/permission': ['get'],
  '/repos/{owner}/{repo}/commits/{ref}/check-runs': ['get'],
  '/repos/{owner}/{repo}/check-runs': ['post'],
  '/repos/{owner}/{repo}/check-runs/{check_run_id}': ['patch'],
  '/repos/{owner}/{repo}/code-scanning/sarifs': ['post'],
  '/repos/{owner}/{repo}/git/blobs/{file_sha}': ['get'],
  '/repos/{owner}/{repo}/git/refs': ['post'],
};

const [source, target] = process.argv.slice(2);
const document = JSON.parse(fs.readFileSync(source, 'utf8'));
const paths = {};
for (const [path, methods] of Object.entries(operations)) {
  paths[path] = {};
  for (const method of methods) {
    const operation = document.paths[path]?.[method];
    if (!operation) throw new Error(`${method} ${path} is not in ${source}`);
    paths[path][method] = trimOperation(operation);
  }
}

const anything = { 'application/json': { schema: { type: 'object' } } };
paths['/graphql'] = {
  post: {
    operationId: 'graphql',
    requestBody: { required: true, content: { 'application/json': { schema: {
      type: 'object', required: ['query', 'variables'], additionalProperties: false,
      properties: { query: { type: 'string' }, variables: { type: 'object' } } } } } },
    responses: { 200: { description: 'data, errors or both', content: anything } },
  },
};

const trimmed = {
  openapi: document.openapi,
  info: document.info,
  servers: [{ url: 'http://127.0.0.1' }],
  paths,
  components: referenced(paths),
};
fs.writeFileSync(target, JSON.stringify(trimmed, null, 1) + '\n');
console.log(`${Object.keys(paths).length} paths, ${fs.statSync(target).size} bytes`);

function trimOperation({ operationId, parameters, requestBody, responses }) {
  const kept = {};
  for (const [status, response] of Object.entries(responses)) {
    if (!status.startsWith('2')) continue;
    const schema = response.content?.['application/json']?.schema;
    kept[status] = { description: response.description };
    if (schema) kept[status].content = { 'application/json': { schema } };
  }

  if (requestBody) {
    const schema = requestBody.content['application/json'].schema;
    close(schema);
    requestBody = { required: requestBody.required ?? true, content: { 'application/json': { schema } } };
  }

  return { operationId, parameters, ...(requestBody && { requestBody }), responses: kept };
}

function close(schema) {
  if (!schema || typeof schema !== 'object') return;
  if (schema.type === 'object' && schema.properties && schema.additionalProperties === undefined) schema.additionalProperties = false;
  for (const side of ['side', 'start_side']) {
    if (schema.properties?.[side]?.type === 'string') schema.properties[side].enum = ['LEFT', 'RIGHT'];
  }
  if (schema.properties?.body?.type === 'string') schema.properties.body.maxLength = 65536;
  for (const inner of [...Object.values(schema.properties ?? {}), schema.items, ...(schema.oneOf ?? []), ...(schema.anyOf ?? [])]) close(inner);
}

function referenced(root) {
  const components = {};
  const open = [root];
  while (open.length) {
    JSON.stringify(open.pop(), (key, value) => {
      if (key === 'examples' || key === 'example') return undefined;
      if (key === '$ref' && typeof value === 'string' && value.startsWith('#/components/')) {
        const [, , kind, name] = value.split('/');
        components[kind] ??= {};
        if (!(name in components[kind])) {
          components[kind][name] = withoutExamples(document.components[kind][name]);
          open.push(components[kind][name]);
        }
      }
      return value;
    });
  }
  return components;
}

function withoutExamples(node) {
  return JSON.parse(JSON.stringify(node, (key, value) => (key === 'examples' || (key === 'example' && typeof value !== 'object') ? undefined : value)));
}
