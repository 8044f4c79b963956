// The second version of the SDK, `aws-sdk`, which Lambda's Node.js runtimes up to nodejs16.x bring.
// Made of the clients of the third version: their operations, called and answered as the second did.
//
// AWS: https://docs.aws.amazon.com/AWSJavaScriptSDK/latest/
"use strict";

const CLIENTS = {
  CloudFormation: "cloudformation",
  CloudWatchLogs: "cloudwatch-logs",
  DynamoDB: "dynamodb",
  DynamoDBStreams: "dynamodb-streams",
  IAM: "iam",
  Lambda: "lambda",
  S3: "s3",
  SSM: "ssm",
  STS: "sts",
  StepFunctions: "sfn",
};
const DOCUMENT_METHODS = {
  batchGet: "BatchGet",
  batchWrite: "BatchWrite",
  delete: "Delete",
  get: "Get",
  put: "Put",
  query: "Query",
  scan: "Scan",
  transactGet: "TransactGet",
  transactWrite: "TransactWrite",
  update: "Update",
};

// Whether the function's runtime brings this version.
exports.isBrought = () => /_nodejs(4|6|8|10|12|14|16)(\.|$)/.test(process.env.AWS_EXECUTION_ENV || "");

// The package, or one of its `aws-sdk/clients/...`; null if there is no such client.
exports.find = function find(request, findPackage) {
  const sdk = makeSdk(findPackage);
  if (request === "aws-sdk") {
    return sdk;
  }
  const wanted = request.replace("aws-sdk/clients/", "");
  const name = Object.keys(CLIENTS).find((each) => each.toLowerCase() === wanted);
  return name ? sdk[name] : null;
};

// The waiters of this version give up after some minutes.
const WAIT_S = 500;

function failure(code, message) {
  return Object.assign(new Error(message), { code });
}

let made = null;

function makeSdk(findPackage) {
  if (made !== null) {
    return made;
  }
  const config = {
    update(settings) {
      Object.assign(config, settings);
    },
  };
  const sdk = { config, Config: class {}, Credentials: class {}, Endpoint: class {} };
  for (const [name, folder] of Object.entries(CLIENTS)) {
    sdk[name] = makeService(name, findPackage(`@aws-sdk/client-${folder}`), config);
  }
  const { marshall, unmarshall, convertToAttr, convertToNative } = findPackage(
    "@aws-sdk/util-dynamodb",
  );
  sdk.DynamoDB.Converter = {
    input: convertToAttr,
    marshall,
    output: convertToNative,
    unmarshall,
  };
  sdk.DynamoDB.DocumentClient = makeDocumentClient(sdk, findPackage, config);
  // Functions make clients of other services before they know whether they call them.
  made = new Proxy(sdk, {
    get: (target, key) =>
      key in target || typeof key !== "string" || !/^[A-Z]/.test(key)
        ? target[key]
        : makeAbsent(key),
  });
  return made;
}

function makeService(name, found, config) {
  const prefix = Object.keys(found).find((key) => `${key}Client` in found);
  class Service {
    constructor(options = {}) {
      this.config = options;
      this._params = options.params || {};
      this._client = new found[prefix]({ region: options.region || config.region });
    }

    waitFor(state, params, callback) {
      const [input, done] = typeof params === "function" ? [{}, params] : [params, callback];
      const waitFor = found[`waitFor${state[0].toUpperCase()}${state.slice(1)}`];
      return new Request(async () => {
        if (waitFor === undefined) {
          throw failure("ResourceNotReady", `${name} has no waiter ${state}`);
        }
        const whole = { ...this._params, ...input };
        const result = await waitFor({ client: this._client, maxWaitTime: WAIT_S }, whole);
        if (result.state !== "SUCCESS") {
          throw failure("ResourceNotReady", `Resource is not in the state ${state}`);
        }
        return result.reason instanceof Error ? {} : result.reason;
      }, done);
    }
  }
  for (const method of Object.getOwnPropertyNames(found[prefix].prototype)) {
    if (method !== "constructor") {
      Service.prototype[method] = function (params, callback) {
        const [input, done] = typeof params === "function" ? [{}, params] : [params, callback];
        const whole = { ...this._params, ...input };
        return new Request(async () => asBefore(name, method, await this._client[method](whole)), done);
      };
    }
  }
  if (name === "S3") {
    Service.prototype.upload = function (params, options, callback) {
      const done = typeof options === "function" ? options : callback;
      const put = async () => ({
        ...(await this.putObject(params).promise()),
        Bucket: params.Bucket,
        Key: params.Key,
        Location: `https://${params.Bucket}.s3.amazonaws.com/${params.Key}`,
      });
      return new Request(put, done);
    };
  }
  return Object.defineProperty(Service, "name", { value: name });
}

function makeDocumentClient(sdk, findPackage, config) {
  const library = findPackage("@aws-sdk/lib-dynamodb");
  const { DynamoDBClient } = findPackage("@aws-sdk/client-dynamodb");
  class DocumentClient {
    constructor(options = {}) {
      const client = new DynamoDBClient({ region: options.region || config.region });
      const marshallOptions = {
        convertEmptyValues: options.convertEmptyValues,
        convertClassInstanceToMap: true,
        removeUndefinedValues: true,
      };
      this._params = options.params || {};
      this._client = library.DynamoDBDocumentClient.from(client, { marshallOptions });
    }

    createSet(values) {
      return new Set(values);
    }
  }
  for (const [method, command] of Object.entries(DOCUMENT_METHODS)) {
    DocumentClient.prototype[method] = function (params, callback) {
      const Command = library[`${command}Command`];
      const whole = { ...this._params, ...params };
      return new Request(
        async () => asBefore("DynamoDB", method, await this._client.send(new Command(whole))),
        callback,
      );
    };
  }
  return DocumentClient;
}

function makeAbsent(name) {
  class Absent {
    constructor() {
      return new Proxy(this, {
        get: (_, method) =>
          method === "then"
            ? undefined
            : (params, callback) =>
                new Request(
                  async () => {
                    throw new Error(`Groundstate has no service for ${name}.${String(method)}.`);
                  },
                  typeof params === "function" ? params : callback,
                ),
      });
    }
  }
  return Object.defineProperty(Absent, "name", { value: name });
}

// A call that is under way once it has a callback, or somebody asks for its promise.
class Request {
  constructor(perform, callback) {
    this._perform = perform;
    this._handlers = {};
    if (typeof callback === "function") {
      this.send(callback);
    }
  }

  promise() {
    return this._run();
  }

  send(callback = () => {}) {
    this._run().then(
      (data) => setImmediate(callback, null, data),
      (error) => setImmediate(callback, error, null),
    );
    return this;
  }

  on(event, handler) {
    (this._handlers[event] ||= []).push(handler);
    return this;
  }

  async _run() {
    try {
      const data = await this._perform();
      this._tell("success", { data });
      return data;
    } catch (error) {
      error.code = error.code || error.Code || error.name;
      error.statusCode = error.$metadata && error.$metadata.httpStatusCode;
      error.requestId = error.$metadata && error.$metadata.requestId;
      this._tell("error", error);
      throw error;
    } finally {
      this._tell("complete", {});
    }
  }

  _tell(event, value) {
    for (const handler of this._handlers[event] || []) {
      handler(value);
    }
  }
}

// An answer as the second version gives it: contents as buffers, Lambda's payloads as text.
async function asBefore(service, method, answer) {
  const { $metadata, ...data } = answer;
  if (service === "S3" && method === "getObject" && data.Body) {
    data.Body = Buffer.from(await data.Body.transformToByteArray());
  }
  if (service === "Lambda" && data.Payload) {
    data.Payload = Buffer.from(data.Payload).toString();
  }
  return data;
}
