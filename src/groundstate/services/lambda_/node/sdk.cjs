// Stands in for the AWS SDK that Lambda's Node.js runtimes bring: `@aws-sdk/client-*`,
// `@aws-sdk/lib-dynamodb`, `@aws-sdk/util-dynamodb`, and `aws-sdk` for older runtimes. A package that
// the function brings wins.
//
// A command goes to this environment's own Runtime API listener, which performs it as the function's
// role; see sdk_bridge.py. Values cross as JSON, bytes and dates as {"$bytes"} and {"$date"}.
"use strict";

const childProcess = require("node:child_process");
const fs = require("node:fs");
const http = require("node:http");
const Module = require("node:module");
const { Readable } = require("node:stream");
const documents = require("./documents.cjs");
const second = require("./sdk_v2.cjs");
const waiters = require("./waiters.cjs");

const NAME = /^@aws-sdk\/(client-[a-z0-9-]+|lib-dynamodb|util-dynamodb)$/;
const NAME_V2 = /^aws-sdk(\/clients\/[a-z0-9]+)?$/;
const SCHEME = "groundstate-sdk:";

let catalogue = null;
const made = new Map();

exports.install = function install() {
  if (!process.env.GROUNDSTATE_SDK) {
    return;
  }
  refuseToInstall();
  const load = Module._load;
  Module._load = function (request, ...rest) {
    try {
      return load.call(this, request, ...rest);
    } catch (error) {
      const found = error && error.code === "MODULE_NOT_FOUND" && findPackage(request);
      if (found && String(error.message).includes(`'${request}'`)) {
        return found;
      }
      throw error;
    }
  };
  if (typeof Module.registerHooks === "function") {
    Module.registerHooks({ resolve: resolveModule, load: loadModule });
  }
};

// The CDK's AwsCustomResource installs the newest SDK before each first call, which takes up to a
// minute, and goes on with the runtime's own if it cannot.
function refuseToInstall() {
  const { execSync } = childProcess;
  childProcess.execSync = function (command, ...rest) {
    if (/\bnpm install\b.*@aws-sdk\//.test(command)) {
      throw new Error("Groundstate installs nothing; the runtime's own SDK is used.");
    }
    return execSync.call(this, command, ...rest);
  };
}

function resolveModule(specifier, context, next) {
  try {
    return next(specifier, context);
  } catch (error) {
    // What is required comes through Module._load, which knows the package itself.
    if (!context.conditions.includes("require") && findPackage(specifier)) {
      return { url: SCHEME + specifier, format: "module", shortCircuit: true };
    }
    throw error;
  }
}

function loadModule(url, context, next) {
  if (!url.startsWith(SCHEME)) {
    return next(url, context);
  }
  const name = url.slice(SCHEME.length);
  const names = Object.keys(findPackage(name)).filter((key) => /^[A-Za-z_$][\w$]*$/.test(key));
  const source = [
    `const { createRequire } = process.getBuiltinModule("node:module");`,
    `const found = createRequire("/")(${JSON.stringify(name)});`,
    "export default found;",
    ...names.map((key) => `export const ${key} = found[${JSON.stringify(key)}];`),
  ];
  return { format: "module", source: source.join("\n"), shortCircuit: true };
}

function findPackage(request) {
  if (NAME_V2.test(request)) {
    return second.isBrought() ? second.find(request, findPackage) : null;
  }
  const match = NAME.exec(request);
  if (match === null) {
    return null;
  }
  if (!made.has(match[1])) {
    made.set(match[1], makePackage(match[1]));
  }
  return made.get(match[1]);
}

function makePackage(folder) {
  if (folder === "util-dynamodb") {
    return documents.util;
  }
  if (folder === "lib-dynamodb") {
    return documents.makeLibrary(findPackage("@aws-sdk/client-dynamodb"));
  }
  catalogue = catalogue || JSON.parse(fs.readFileSync(process.env.GROUNDSTATE_SDK, "utf8"));
  const service = catalogue[folder];
  return service ? makeClientPackage(service) : null;
}

function makeClientPackage({ service, prefix, operations, errors, enums, waiters: waiting }) {
  const found = {};
  const ServiceException = { [`${prefix}ServiceException`]: class extends Error {} }[
    `${prefix}ServiceException`
  ];
  found[`${prefix}ServiceException`] = ServiceException;
  for (const name of errors) {
    found[name] = { [name]: class extends ServiceException {} }[name];
  }
  for (const [name, values] of Object.entries(enums)) {
    found[name] = Object.fromEntries(values.map((value) => [value, value]));
  }

  class Client {
    constructor(config = {}) {
      this.config = {
        ...config,
        region: typeof config.region === "function" ? config.region : async () => regionOf(config),
        endpoint: async () => new URL(process.env.AWS_ENDPOINT_URL),
      };
      this._region = config.region;
      this.middlewareStack = { add() {}, addRelativeTo() {}, use() {}, remove() {} };
    }

    async send(command, ...rest) {
      const callback = rest.find((part) => typeof part === "function");
      const region =
        typeof this._region === "function" ? await this._region() : regionOf({ region: this._region });
      const promise = perform(service, command.operation, command.input, region, fail);
      if (callback === undefined) {
        return promise;
      }
      promise.then((answer) => callback(null, answer), callback);
      return undefined;
    }

    destroy() {}
  }

  function fail(status, document) {
    const name = document.code;
    const Failure = found[name] || ServiceException;
    const error = new Failure(document.message);
    Object.assign(error, decode(document.members || {}), {
      name,
      Code: name,
      $fault: status < 500 ? "client" : "server",
      $service: service,
      $metadata: { httpStatusCode: status, requestId: document.requestId, attempts: 1 },
    });
    return error;
  }

  class Aggregate extends Client {}
  for (const operation of operations) {
    const Command = {
      [`${operation}Command`]: class {
        constructor(input = {}) {
          this.input = input;
          this.operation = operation;
        }
      },
    }[`${operation}Command`];
    found[`${operation}Command`] = Command;
    Aggregate.prototype[operation[0].toLowerCase() + operation.slice(1)] = function (input, ...rest) {
      return this.send(new Command(input), ...rest);
    };
    if (/^(List|Describe|Get|Query|Scan|Filter)/.test(operation)) {
      found[`paginate${operation}`] = ({ client }, input) => paginate(client, Command, input);
    }
  }
  found[`${prefix}Client`] = Object.defineProperty(Client, "name", { value: `${prefix}Client` });
  found[prefix] = Object.defineProperty(Aggregate, "name", { value: prefix });
  for (const [name, waiter] of Object.entries(waiting)) {
    const waitFor = async ({ client, maxWaitTime }, input) => {
      const ask = (operation) => client.send(new found[`${operation}Command`](input));
      const attempts = Math.ceil((maxWaitTime * 1000) / waiters.DELAY_MS);
      const { state, reason } = await waiters.wait(waiter, ask, attempts);
      return { state: OUTCOMES[state], reason };
    };
    found[`waitFor${name}`] = waitFor;
    found[`waitUntil${name}`] = async (options, input) => {
      const result = await waitFor(options, input);
      if (result.state !== "SUCCESS") {
        const error = new Error(JSON.stringify(result));
        error.name = result.state === "TIMEOUT" ? "TimeoutError" : "Error";
        throw error;
      }
      return result;
    };
  }
  return found;
}

const OUTCOMES = { success: "SUCCESS", failure: "FAILURE", retry: "TIMEOUT" };

const TOKENS = [
  ["NextContinuationToken", "ContinuationToken"],
  ["LastEvaluatedKey", "ExclusiveStartKey"],
  ["LastEvaluatedTableName", "ExclusiveStartTableName"],
  ["NextMarker", "Marker"],
  ["NextToken", "NextToken"],
  ["nextToken", "nextToken"],
  ["Marker", "Marker"],
];

async function* paginate(client, Command, input) {
  let wanted = { ...input };
  for (;;) {
    const page = await client.send(new Command(wanted));
    yield page;
    const token = TOKENS.find(([from]) => page[from] !== undefined && page[from] !== "");
    if (token === undefined || page.IsTruncated === false) {
      return;
    }
    wanted = { ...wanted, [token[1]]: page[token[0]] };
  }
}

function regionOf(config) {
  return config.region || process.env.AWS_REGION;
}

function perform(service, operation, input, region, fail) {
  return encode(input || {}).then(
    (encoded) =>
      new Promise((resolve, reject) => {
        const body = JSON.stringify(encoded);
        const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
        const request = http.request({
          host,
          port,
          method: "POST",
          path: `/groundstate/sdk/${service}/${operation}`,
          headers: {
            "Content-Length": Buffer.byteLength(body),
            "X-Groundstate-Region": region,
            "X-Groundstate-Token": process.env.GROUNDSTATE_SDK_TOKEN,
          },
        });
        request.on("error", reject);
        request.on("response", (response) => {
          const chunks = [];
          response.on("data", (chunk) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () => {
            const document = JSON.parse(Buffer.concat(chunks).toString());
            if (response.statusCode !== 200) {
              reject(fail(document.status, document));
              return;
            }
            const answer = decode(document.answer);
            answer.$metadata = {
              httpStatusCode: 200,
              requestId: document.requestId,
              attempts: 1,
              totalRetryDelay: 0,
            };
            if (service === "s3" && operation === "GetObject") {
              answer.Body = bodyOf(answer.Body);
            }
            resolve(answer);
          });
        });
        request.end(body);
      }),
  );
}

async function encode(value) {
  if (value instanceof Uint8Array) {
    return { $bytes: Buffer.from(value).toString("base64") };
  }
  if (value instanceof Date) {
    return { $date: value.getTime() / 1000 };
  }
  if (value instanceof Readable || (value && typeof value.getReader === "function")) {
    const chunks = [];
    for await (const chunk of value) {
      chunks.push(Buffer.from(chunk));
    }
    return { $bytes: Buffer.concat(chunks).toString("base64") };
  }
  if (Array.isArray(value)) {
    return Promise.all(value.map(encode));
  }
  if (value !== null && typeof value === "object") {
    const found = {};
    for (const [key, member] of Object.entries(value)) {
      if (member !== undefined) {
        found[key] = await encode(member);
      }
    }
    return found;
  }
  return value;
}

function decode(value) {
  if (Array.isArray(value)) {
    return value.map(decode);
  }
  if (value === null || typeof value !== "object") {
    return value;
  }
  if (typeof value.$bytes === "string") {
    return blob(Buffer.from(value.$bytes, "base64"));
  }
  if (typeof value.$date === "number") {
    return new Date(value.$date * 1000);
  }
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, decode(member)]));
}

function blob(buffer) {
  const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
  const transformToString = (encoding = "utf-8") => buffer.toString(encoding);
  return Object.defineProperty(bytes, "transformToString", { value: transformToString });
}

function bodyOf(bytes) {
  const buffer = Buffer.from(bytes || []);
  const stream = Readable.from(buffer.length ? [buffer] : []);
  stream.transformToByteArray = async () => new Uint8Array(buffer);
  stream.transformToString = async (encoding = "utf-8") => buffer.toString(encoding);
  stream.transformToWebStream = () => Readable.toWeb(stream);
  return stream;
}
