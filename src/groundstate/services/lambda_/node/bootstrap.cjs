// Runs a Node.js function behind the Lambda Runtime API. Imports nothing that Node does not bring.
//
// AWS: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
//      https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"use strict";

const fs = require("node:fs");
const http = require("node:http");
const https = require("node:https");
const path = require("node:path");
const { createRequire } = require("node:module");
const { pathToFileURL } = require("node:url");
const { Writable } = require("node:stream");
const { inspect, format } = require("node:util");

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true, maxSockets: 2 });
const PREFIX = "/2018-06-01/runtime";

// Before version 20 Node.js closed its connections: a response that nobody reads ended by itself.
if (Number((/_nodejs(\d+)/.exec(process.env.AWS_EXECUTION_ENV) || [0, 20])[1]) < 20) {
  http.globalAgent = new http.Agent();
  https.globalAgent = new https.Agent();
}

require("./endpoint.cjs").install();
require("./sdk.cjs").install();

let requestId = "";
installConsole();

process.on("uncaughtException", (error) => die(error, "Uncaught Exception"));
process.on("unhandledRejection", (reason) => {
  const error = new Error(reason instanceof Error ? reason.toString() : String(reason));
  error.name = "Runtime.UnhandledPromiseRejection";
  error.stack = reason instanceof Error ? reason.stack : error.stack;
  die(error, "Unhandled Promise Rejection");
});

// What functions that stream their answers name.
const STREAMS = Symbol.for("aws.lambda.runtime.handler.streaming");
const HTTP_RESPONSE = "application/vnd.awslambda.http-integration-response";
const ERROR_TYPE = "Lambda-Runtime-Function-Error-Type";
const ERROR_BODY = "Lambda-Runtime-Function-Error-Body";

// Each write goes to the Runtime API at once, in a request that ends with the handler.
class ResponseStream extends Writable {
  constructor(target) {
    super();
    this.target = target;
    this.contentType = "application/octet-stream";
    this.head = [];
    this.request = null;
  }

  setContentType(contentType) {
    this.contentType = contentType;
  }

  begin() {
    if (this.request !== null) {
      return;
    }
    this.request = http.request({
      host,
      port,
      agent,
      method: "POST",
      path: this.target,
      headers: {
        "Content-Type": this.contentType,
        "Lambda-Runtime-Function-Response-Mode": "streaming",
        "Transfer-Encoding": "chunked",
        Trailer: `${ERROR_TYPE}, ${ERROR_BODY}`,
      },
    });
    this.answered = answerOf(this.request);
    this.answered.catch(() => {});
    // As the connection that waits for invocations, this one does not keep the loop alive.
    this.request.on("socket", (socket) => socket.unref());
    this.head.forEach((part) => this.request.write(part));
  }

  _write(chunk, encoding, done) {
    this.begin();
    this.request.write(chunk, encoding, done);
  }

  async close(error) {
    this.begin();
    if (error !== undefined) {
      const body = JSON.stringify(describe(error));
      this.request.addTrailers({
        [ERROR_TYPE]: describe(error).errorType,
        [ERROR_BODY]: Buffer.from(body).toString("base64"),
      });
    }
    this.request.end();
    if (this.request.socket) {
      this.request.socket.ref();
    } else {
      this.request.once("socket", (socket) => socket.ref());
    }
    await this.answered;
  }
}

globalThis.awslambda = {
  streamifyResponse(handler) {
    handler[STREAMS] = "response";
    return handler;
  },
  HttpResponseStream: {
    // Status and headers stand before the body, with eight zeros between them.
    from(stream, metadata) {
      stream.setContentType(HTTP_RESPONSE);
      stream.head.push(JSON.stringify(metadata), Buffer.alloc(8));
      return stream;
    },
  },
};

main();

async function main() {
  let handler;
  try {
    handler = await loadHandler(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);
  } catch (error) {
    write("ERROR", `Uncaught Exception \t${JSON.stringify(describe(error, "stack"))}`);
    await post(`${PREFIX}/init/error`, describe(error), error.name);
    process.exit(129);
  }
  for (;;) {
    const invocation = await get(`${PREFIX}/invocation/next`);
    const { headers } = invocation;
    requestId = headers["lambda-runtime-aws-request-id"];
    process.env._X_AMZN_TRACE_ID = headers["lambda-runtime-trace-id"] || "";
    const base = `${PREFIX}/invocation/${requestId}`;
    try {
      const event = JSON.parse(invocation.body);
      if (handler[STREAMS]) {
        await callStreaming(handler, event, makeContext(headers), `${base}/response`);
        continue;
      }
      const result = await call(handler, event, makeContext(headers));
      const body = JSON.stringify(result === undefined ? null : result);
      await send("POST", `${base}/response`, body === undefined ? "null" : body, {});
    } catch (error) {
      write("ERROR", `Invoke Error \t${JSON.stringify(describe(error, "stack"))}`);
      await post(`${base}/error`, describe(error), describe(error).errorType);
    }
  }
}

// Handlers answer in one of three ways: a promise, a callback, or (with neither) not at all.
function call(handler, event, context) {
  return new Promise((resolve, reject) => {
    let waits = true;
    const finish = (settle) => (value) => {
      if (waits) {
        waits = false;
        process.removeListener("beforeExit", whenNothingIsLeft);
        settle(value);
      }
    };
    const succeed = finish(resolve);
    const fail = finish(reject);
    let settle = () => succeed(null);
    // The connection to the Runtime API does not keep the loop alive while a handler runs.
    const whenNothingIsLeft = () => settle();
    const callback = (error, result) => {
      settle = () => (error === undefined || error === null ? succeed(result) : fail(error));
      if (!context.callbackWaitsForEmptyEventLoop) {
        settle();
      }
    };
    context.done = callback;
    context.succeed = succeed;
    context.fail = fail;
    process.once("beforeExit", whenNothingIsLeft);
    let returned;
    try {
      returned = handler(event, context, callback);
    } catch (error) {
      fail(error);
      return;
    }
    if (returned && typeof returned.then === "function") {
      returned.then(succeed, fail);
    }
  });
}

// The answer is complete when the handler and its stream have ended, or nothing else is left to do.
async function callStreaming(handler, event, context, target) {
  const stream = new ResponseStream(target);
  try {
    await new Promise((resolve, reject) => {
      process.once("beforeExit", resolve);
      const ended = new Promise((settle) => stream.once("finish", settle));
      stream.once("error", reject);
      Promise.resolve()
        .then(() => handler(event, stream, context))
        .then(() => ended)
        .then(resolve, reject)
        .finally(() => process.removeListener("beforeExit", resolve));
    });
  } catch (error) {
    if (stream.request === null) {
      throw error;
    }
    write("ERROR", `Invoke Error \t${JSON.stringify(describe(error, "stack"))}`);
    await stream.close(error);
    return;
  }
  await stream.close();
}

function makeContext(headers) {
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  const parse = (name) => (headers[name] ? JSON.parse(headers[name]) : undefined);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: parse("lambda-runtime-client-context"),
    identity: parse("lambda-runtime-cognito-identity"),
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    awsRequestId: requestId,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

// `dir/module.name.of.function`: the module ends at the first dot behind the last slash.
async function loadHandler(root, text) {
  const at = text.indexOf(".", text.lastIndexOf("/") + 1);
  if (at < 1) {
    throw named("Runtime.MalformedHandlerName", `Bad handler '${text}'`);
  }
  const module = await loadModule(root, text.slice(0, at));
  let found = module;
  for (const name of text.slice(at + 1).split(".")) {
    found = found === undefined || found === null ? undefined : found[name];
  }
  if (typeof found !== "function") {
    const inDefault = module && module.default && module.default[text.slice(at + 1)];
    if (typeof inDefault === "function") {
      return inDefault;
    }
    throw found === undefined
      ? named("Runtime.HandlerNotFound", `${text} is undefined or not exported`)
      : named("Runtime.HandlerNotFound", `${text} is not a function`);
  }
  return found;
}

async function loadModule(root, name) {
  const base = path.resolve(root, name);
  const file = ["", ".js", ".mjs", ".cjs"]
    .map((end) => base + end)
    .find((candidate) => fs.existsSync(candidate) && fs.statSync(candidate).isFile());
  if (file === undefined) {
    const module = path.basename(name);
    throw named(
      "Runtime.ImportModuleError",
      `Error: Cannot find module '${module}'\nRequire stack:\n- /var/runtime/index.mjs`,
    );
  }
  try {
    return isModule(file) ? await import(pathToFileURL(file)) : createRequire(file)(file);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw named("Runtime.UserCodeSyntaxError", String(error), error.stack);
    }
    if (error && ["MODULE_NOT_FOUND", "ERR_MODULE_NOT_FOUND"].includes(error.code)) {
      throw named("Runtime.ImportModuleError", String(error), error.stack);
    }
    throw error;
  }
}

function isModule(file) {
  if (!file.endsWith(".js")) {
    return file.endsWith(".mjs");
  }
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const description = path.join(folder, "package.json");
    if (fs.existsSync(description)) {
      return JSON.parse(fs.readFileSync(description, "utf8")).type === "module";
    }
    if (folder === path.dirname(folder)) {
      return false;
    }
  }
}

function named(name, message, stack) {
  const error = new Error(message);
  error.name = name;
  if (stack) {
    error.stack = stack;
  }
  return error;
}

function describe(error, traceName = "trace") {
  if (!(error instanceof Error)) {
    return {
      errorType: typeof error,
      errorMessage: typeof error === "string" ? error : inspect(error),
      [traceName]: [],
    };
  }
  return {
    errorType: error.name || "Error",
    errorMessage: error.message,
    [traceName]: (error.stack || "").split("\n"),
  };
}

function die(error, what) {
  write("ERROR", `${what} \t${JSON.stringify(describe(error, "stack"))}`);
  const target = requestId ? `${PREFIX}/invocation/${requestId}/error` : `${PREFIX}/init/error`;
  post(target, describe(error), describe(error).errorType).finally(() => process.exit(128));
}

// Log lines are frames, which keep a message with several lines together; see output.py.
function write(level, message) {
  const now = new Date().toISOString();
  const text = Buffer.from(
    process.env.AWS_LAMBDA_LOG_FORMAT === "JSON"
      ? JSON.stringify({ timestamp: now, level, requestId, message })
      : `${now}\t${requestId || "undefined"}\t${level}\t${message}`,
  );
  const kinds = { TRACE: 0x07, DEBUG: 0x0b, INFO: 0x0f, WARN: 0x13, ERROR: 0x17, FATAL: 0x1b };
  const head = Buffer.alloc(16);
  head.writeUInt32BE(0xa55a0000 + kinds[level], 0);
  head.writeUInt32BE(text.length, 4);
  head.writeBigUInt64BE(BigInt(Date.now()) * 1000n, 8);
  writeAll(Buffer.concat([head, text]));
}

function writeAll(buffer) {
  for (let written = 0; written < buffer.length; ) {
    written += fs.writeSync(1, buffer, written);
  }
}

function installConsole() {
  const levels = { log: "INFO", info: "INFO", debug: "DEBUG", warn: "WARN", error: "ERROR" };
  for (const [name, level] of Object.entries({ ...levels, trace: "TRACE" })) {
    console[name] = (...parts) => write(level, format(...parts));
  }
}

// The Runtime API

function get(target) {
  return send("GET", target, null, {});
}

function post(target, document, errorType) {
  return send("POST", target, JSON.stringify(document), {
    "Lambda-Runtime-Function-Error-Type": errorType || "Error",
  });
}

function send(method, target, body, headers) {
  const request = http.request({
    host,
    port,
    agent,
    method,
    path: target,
    headers: body === null ? headers : {
      "Content-Type": "application/json",
      ...headers,
      "Content-Length": Buffer.byteLength(body),
    },
  });
  const answered = answerOf(request);
  request.end(body === null ? undefined : body);
  return answered;
}

function answerOf(request) {
  return new Promise((resolve, reject) => {
    request.on("error", reject);
    request.on("response", (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
  });
}
