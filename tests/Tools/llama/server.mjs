// A small OpenAI-compatible server over llama.cpp, for tests: node server.mjs MODEL.gguf CONTEXT_TOKENS REPLY_TOKENS
// Listens on a free port of loopback and prints its number. One request runs at a time, others wait for their turn. A request whose
// client is gone ends at the next token. Ends when the process that started it is gone.
import http from "node:http";
import path from "node:path";
import {getLlama, JinjaTemplateChatWrapper, LlamaChat, LlamaLogLevel} from "node-llama-cpp";

const [modelPath, contextTokens, replyTokens] = process.argv.slice(2);
const name = path.basename(modelPath, ".gguf");
const llama = await getLlama({gpu: false, build: "never", skipDownload: true, logLevel: LlamaLogLevel.error, maxThreads: 1});
const model = await llama.loadModel({modelPath});
const context = await model.createContext({contextSize: Number(contextTokens), sequences: 1});
const sequence = context.getSequence();
const chatWrapper = new JinjaTemplateChatWrapper({template: model.fileInfo.metadata.tokenizer.chat_template});
const chat = new LlamaChat({contextSequence: sequence, chatWrapper});

const counts = {started: 0, finished: 0, cancelled: 0};
let turn = Promise.resolve();

class BadRequest extends Error {
    constructor(status, message) {
        super(message);
        this.status = status;
    }
}

function historyOf(messages) {
    if (!Array.isArray(messages) || messages.length === 0)
        throw new BadRequest(400, "messages: a list that is not empty is expected");
    return [
        ...messages.map(({role, content}) => {
            const text = typeof content === "string" ? content : (content ?? []).map((part) => part.text ?? "").join("");
            return role === "assistant" ? {type: "model", response: [text]} : {type: role === "user" ? "user" : "system", text};
        }),
        {type: "model", response: []}
    ];
}

async function generate(request, signal, onText) {
    const history = historyOf(request.messages);
    const prompt = chatWrapper.generateContextState({chatHistory: history}).contextText.tokenize(model.tokenizer).length;
    const wanted = request.max_completion_tokens ?? request.max_tokens ?? Infinity;
    if (prompt >= context.contextSize)
        throw new BadRequest(400, `the prompt has ${prompt} tokens, the context window ${context.contextSize}`);
    // Nothing of the last request may change this one.
    await sequence.clearHistory();
    const before = sequence.tokenMeter.getState();
    const {response, metadata} = await chat.generateResponse(history, {
        maxTokens: Math.min(wanted, Number(replyTokens), context.contextSize - prompt),
        temperature: request.temperature ?? 0,
        seed: request.seed === undefined ? undefined : request.seed % 0xffffffff,
        customStopTriggers: [request.stop ?? []].flat(),
        signal,
        stopOnAbortSignal: true,
        onTextChunk: onText
    });
    return {
        text: response,
        finish: metadata.stopReason === "maxTokens" ? "length" : metadata.stopReason === "abort" ? null : "stop",
        usage: usageOf(prompt, sequence.tokenMeter.diff(before).usedOutputTokens)
    };
}

function usageOf(prompt, completion) {
    return {prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion};
}

function piece(object, choices, usage) {
    return {id: `chatcmpl-${counts.started}`, object, created: Math.floor(Date.now() / 1000), model: name, choices, ...(usage ? {usage} : {})};
}

async function complete(request, response, signal) {
    if (request.model !== name)
        throw new BadRequest(404, `there is no model '${request.model}' here, only '${name}'`);
    if (!request.stream) {
        const {text, finish, usage} = await generate(request, signal);
        send(response, 200, piece("chat.completion", [{index: 0, finish_reason: finish, message: {role: "assistant", content: text}}], usage));
        return;
    }

    const event = (choices, usage) => response.write(`data: ${JSON.stringify(piece("chat.completion.chunk", choices, usage))}\n\n`);
    const begin = () => response.headersSent || response.writeHead(200, {"Content-Type": "text/event-stream"});
    const {finish, usage} = await generate(request, signal, (text) => {
        begin();
        event([{index: 0, delta: {role: "assistant", content: text}, finish_reason: null}]);
    });
    begin();
    event([{index: 0, delta: {}, finish_reason: finish}]);
    if (request.stream_options?.include_usage)
        event([], usage);
    response.end("data: [DONE]\n\n");
}

function send(response, status, body) {
    response.writeHead(status, {"Content-Type": "application/json"});
    response.end(JSON.stringify(body));
}

async function bodyOf(request) {
    const parts = [];
    for await (const part of request)
        parts.push(part);
    try {
        return JSON.parse(Buffer.concat(parts).toString("utf8"));
    } catch (error) {
        throw new BadRequest(400, `not JSON: ${error.message}`);
    }
}

async function answer(request, response) {
    const gone = new AbortController();
    response.on("close", () => response.writableFinished || gone.abort());
    try {
        if (request.method === "GET" && request.url === "/counts")
            return send(response, 200, counts);
        if (request.method !== "POST" || request.url !== "/v1/chat/completions")
            throw new BadRequest(404, `${request.method} ${request.url} is not served here`);
        const body = await bodyOf(request);
        const mine = turn.then(async () => {
            if (gone.signal.aborted)
                return;
            counts.started++;
            await complete(body, response, gone.signal);
        }).finally(() => gone.signal.aborted ? counts.cancelled++ : counts.finished++);
        turn = mine.catch(() => undefined);
        await mine;
    } catch (error) {
        if (response.headersSent)
            response.destroy();
        else
            send(response, error.status ?? 500, {error: {message: error.message, type: "invalid_request_error"}});
    }
}

const server = http.createServer(answer);
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
const parent = process.ppid;
setInterval(() => process.ppid === parent || process.exit(0), 1000);
