// Judges the files that a worker is run with, offline. Usage:
//   node check.mjs dockerfile FILE           by the linter of the Dockerfile language server
//   node check.mjs compose FILE              by the Compose specification's schema
//   node check.mjs values SCHEMA FILE        a chart's values by its schema
//   node check.mjs kubernetes < RENDERED     by Kubernetes' schemas; RENDERED is what render.go prints
// Prints a JSON array of findings, empty when there are none. And
//   node check.mjs input CHART CHANGES       prints what render.go reads: the chart's values, with CHANGES (JSON) to them
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import Ajv from "ajv/dist/2019.js";
import { validate as lint } from "dockerfile-utils";
import { parse, parseAllDocuments } from "yaml";

const require = createRequire(import.meta.url);
const inside = (path) => new URL(`./node_modules/${path}`, import.meta.url).pathname;
const [kind, ...files] = process.argv.slice(2);
const read = (file) => readFileSync(file, "utf8");

// Helm and Compose read YAML 1.1, where 0440 is a number of base 8.
const yaml = (text) => parse(text, { version: "1.1", merge: true });

function bySchema(schema, value) {
  const { $schema, ...rules } = schema;
  const check = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(rules);
  return check(value) ? [] : check.errors.map((e) => `${e.instancePath}: ${e.message} ${JSON.stringify(e.params)}`);
}

// The schemas let members pass that they do not know, as the API does not: what no validator has read is one.
function recorded(value, path, unread) {
  if (value === null || typeof value !== "object") return value;
  const members = Array.isArray(value) ? value.map((v, i) => [i, v]) : Object.entries(value);
  const copy = Array.isArray(value) ? [] : {};
  for (const [name, member] of members) {
    const at = `${path}/${name}`;
    unread.add(at);
    copy[name] = recorded(member, at, unread);
  }
  return new Proxy(copy, {
    get(target, name) {
      unread.delete(`${path}/${String(name)}`);
      return target[name];
    },
  });
}

function byKubernetes(text) {
  return parseAllDocuments(text, { version: "1.1" }).flatMap((document) => {
    if (document.errors.length > 0) return document.errors.map((e) => e.message);
    const object = document.toJS();
    if (object === null) return [];
    const what = `${object.kind} ${object.metadata?.name}`;
    // What an operator defines has a schema of its own, which is not here.
    if (object.apiVersion === "monitoring.coreos.com/v1") return [];
    const [group, version] = object.apiVersion.includes("/") ? object.apiVersion.split("/") : ["core", object.apiVersion];
    const area = group.split(".")[0];
    const pascal = (word) => word[0].toUpperCase() + word.slice(1);
    let validate;
    try {
      ({ validate } = require(inside(`kubernetes-models/_schemas/IoK8sApi${pascal(area)}${pascal(version)}${object.kind}.js`)));
    } catch {
      return [`${what}: Kubernetes has no ${object.kind} in ${object.apiVersion}`];
    }
    const unread = new Set();
    const right = validate(recorded(object, "", unread));
    const wrong = right ? [] : validate.errors.map((e) => `${what}${e.instancePath}: ${e.message ?? e.keyword} ${JSON.stringify(e.params)}`);
    return [...wrong, ...(right ? [...unread].map((at) => `${what}${at}: is not known there`) : [])];
  });
}

// As Helm does: members are merged, all else is replaced.
const isMap = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const merged = (values, changes) =>
  isMap(values) && isMap(changes) ? Object.fromEntries([...new Set([...Object.keys(values), ...Object.keys(changes)])].map((k) => [k, k in changes ? merged(values[k], changes[k]) : values[k]])) : changes;

function input(chart, changes) {
  const { name, version } = yaml(read(join(chart, "Chart.yaml")));
  return { Values: merged(yaml(read(join(chart, "values.yaml"))), JSON.parse(changes)), Chart: { Name: name, Version: version }, Release: { Name: "test", Namespace: "default", Service: "Helm" } };
}

const answer = {
  dockerfile: () => lint(read(files[0])).map((d) => `line ${d.range.start.line + 1}: ${d.message}`),
  compose: () => bySchema(JSON.parse(read(inside("dclint/schemas/compose.schema.json"))), yaml(read(files[0]))),
  values: () => bySchema(JSON.parse(read(files[0])), yaml(read(files[1]))),
  kubernetes: () => Object.entries(JSON.parse(read(0))).flatMap(([name, text]) => (name.endsWith(".yaml") ? byKubernetes(text).map((f) => `${name}: ${f}`) : [])),
  input: () => input(files[0], files[1]),
}[kind]();

process.stdout.write(JSON.stringify(answer, null, 1));
