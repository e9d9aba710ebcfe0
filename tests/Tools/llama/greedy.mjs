// What llama.cpp makes of a model file, for tests: node greedy.mjs MODEL.gguf '[1, 2, 3]' COUNT TEXT
// Prints {"next": tokens that it finds likeliest behind some, "tokens": those of a text, "text": what they are read back as}.
import {getLlama, LlamaLogLevel} from "node-llama-cpp";

const [modelPath, before, count, text] = process.argv.slice(2);
const llama = await getLlama({gpu: false, build: "never", skipDownload: true, logLevel: LlamaLogLevel.error, maxThreads: 1});
const model = await llama.loadModel({modelPath});
const context = await model.createContext({contextSize: 256, sequences: 1});
const next = [];
for await (const token of context.getSequence().evaluate(JSON.parse(before), {temperature: 0, yieldEogToken: true})) {
    next.push(token);
    if (next.length === Number(count))
        break;
}
const tokens = model.tokenize(text);
console.log(JSON.stringify({next, tokens, text: model.detokenize(tokens)}));
process.exit(0);
