// DynamoDB's attribute values as plain JavaScript values, and a client that uses them:
// `@aws-sdk/util-dynamodb` and `@aws-sdk/lib-dynamodb`.
//
// AWS: https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/Package/-aws-sdk-lib-dynamodb/
"use strict";

const COMMANDS = {
  Get: "GetItem",
  Put: "PutItem",
  Update: "UpdateItem",
  Delete: "DeleteItem",
  Query: "Query",
  Scan: "Scan",
  BatchGet: "BatchGetItem",
  BatchWrite: "BatchWriteItem",
  TransactGet: "TransactGetItems",
  TransactWrite: "TransactWriteItems",
  ExecuteStatement: "ExecuteStatement",
  BatchExecuteStatement: "BatchExecuteStatement",
  ExecuteTransaction: "ExecuteTransaction",
};
// Members that are maps of attribute values, and members that are lists of such maps or values.
const MAPS = new Set([
  "Item",
  "Key",
  "Attributes",
  "ExpressionAttributeValues",
  "ExclusiveStartKey",
  "LastEvaluatedKey",
]);
const LISTS = new Set(["Items", "Keys"]);

function convertToAttr(value, options = {}) {
  if (value === null) {
    return { NULL: true };
  }
  if (value === undefined) {
    throw new Error(
      "Pass options.removeUndefinedValues=true to remove undefined values from map/array/set.",
    );
  }
  if (typeof value === "boolean") {
    return { BOOL: value };
  }
  if (typeof value === "number") {
    if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) {
      throw new Error(`Number ${value} is not allowed. Use NumberValue from @aws-sdk/lib-dynamodb.`);
    }
    return { N: String(value) };
  }
  if (typeof value === "bigint") {
    return { N: String(value) };
  }
  if (typeof value === "string") {
    return options.convertEmptyValues && value === "" ? { NULL: true } : { S: value };
  }
  if (value instanceof Uint8Array || value instanceof ArrayBuffer) {
    return { B: new Uint8Array(value) };
  }
  if (value instanceof Set) {
    return convertSet(value, options);
  }
  if (value instanceof NumberValue) {
    return { N: value.value };
  }
  if (Array.isArray(value)) {
    const kept = options.removeUndefinedValues ? value.filter((each) => each !== undefined) : value;
    return { L: kept.map((each) => convertToAttr(each, options)) };
  }
  if (value instanceof Map) {
    return { M: marshall(Object.fromEntries(value), options) };
  }
  const isPlain = [Object.prototype, null].includes(Object.getPrototypeOf(value));
  if (typeof value === "object" && (isPlain || options.convertClassInstanceToMap)) {
    return { M: marshall(value, options) };
  }
  throw new Error(
    "Unsupported type passed: " + value + ". Pass options.convertClassInstanceToMap=true to marshall"
      + " typeof object as map attribute.",
  );
}

function convertSet(set, options) {
  const values = [...set].filter((value) => value !== undefined || !options.removeUndefinedValues);
  if (values.length === 0) {
    if (options.convertEmptyValues) {
      return { NULL: true };
    }
    throw new Error("Pass a non-empty set, or options.convertEmptyValues=true.");
  }
  const converted = values.map((value) => convertToAttr(value, options));
  const [kind] = Object.keys(converted[0]);
  return { [`${kind}S`]: converted.map((value) => value[kind]) };
}

function convertToNative(attribute, options = {}) {
  for (const [kind, value] of Object.entries(attribute)) {
    switch (value === undefined ? "" : kind) {
      case "NULL":
        return null;
      case "BOOL":
      case "S":
        return value;
      case "N":
        return toNumber(value, options);
      case "B":
        return value;
      case "SS":
      case "BS":
        return new Set(value);
      case "NS":
        return new Set(value.map((each) => toNumber(each, options)));
      case "L":
        return value.map((each) => convertToNative(each, options));
      case "M":
        return unmarshall(value, options);
    }
  }
  throw new Error(`Unsupported attribute value: ${JSON.stringify(attribute)}`);
}

function toNumber(text, options) {
  if (options.wrapNumbers) {
    return typeof options.wrapNumbers === "function"
      ? options.wrapNumbers(text)
      : new NumberValue(text);
  }
  const number = Number(text);
  if (Math.abs(number) > Number.MAX_SAFE_INTEGER && Number.isFinite(number)) {
    return BigInt(text);
  }
  return number;
}

function marshall(document, options = {}) {
  const found = {};
  for (const [key, value] of Object.entries(document)) {
    if (typeof value !== "function" && (value !== undefined || !options.removeUndefinedValues)) {
      found[key] = convertToAttr(value, options);
    }
  }
  return found;
}

function unmarshall(item, options = {}) {
  return Object.fromEntries(
    Object.entries(item).map(([key, value]) => [key, convertToNative(value, options)]),
  );
}

class NumberValue {
  constructor(value) {
    this.value = typeof value === "object" ? value.N : String(value);
  }

  static from(value) {
    return new NumberValue(value);
  }

  toString() {
    return this.value;
  }
}

// Walks a request or an answer, and converts the members that hold attribute values.
function convert(value, convertMap, convertOne) {
  if (Array.isArray(value)) {
    return value.map((each) => convert(each, convertMap, convertOne));
  }
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) {
    return value;
  }
  const found = {};
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) {
      continue;
    }
    if (MAPS.has(key)) {
      found[key] = convertMap(member);
    } else if (LISTS.has(key) && Array.isArray(member)) {
      found[key] = member.map(convertMap);
    } else if (key === "Parameters") {
      found[key] = member.map(convertOne);
    } else if (key === "Responses" && !Array.isArray(member)) {
      found[key] = Object.fromEntries(
        Object.entries(member).map(([table, items]) => [table, items.map(convertMap)]),
      );
    } else {
      found[key] = convert(member, convertMap, convertOne);
    }
  }
  return found;
}

function makeLibrary(dynamodb) {
  class DynamoDBDocumentClient {
    constructor(client, translation = {}) {
      this.client = client;
      this.config = { ...client.config, translateConfig: translation };
    }

    static from(client, translation) {
      return new DynamoDBDocumentClient(client, translation);
    }

    async send(command) {
      if (!command.isDocumentCommand) {
        return this.client.send(command);
      }
      const { marshallOptions, unmarshallOptions } = this.config.translateConfig || {};
      const input = convert(
        command.input,
        (map) => marshall(map, marshallOptions),
        (one) => convertToAttr(one, marshallOptions),
      );
      const Command = dynamodb[`${COMMANDS[command.name]}Command`];
      const { $metadata, ...answer } = await this.client.send(new Command(input));
      const converted = convert(
        answer,
        (map) => unmarshall(map, unmarshallOptions),
        (one) => convertToNative(one, unmarshallOptions),
      );
      return { ...converted, $metadata };
    }

    destroy() {}
  }

  const library = { DynamoDBDocumentClient, NumberValue };
  class DynamoDBDocument extends DynamoDBDocumentClient {
    static from(client, translation) {
      return new DynamoDBDocument(client, translation);
    }
  }
  library.DynamoDBDocument = DynamoDBDocument;
  for (const name of Object.keys(COMMANDS)) {
    const Command = class {
      constructor(input) {
        this.input = input;
        this.name = name;
        this.isDocumentCommand = true;
      }
    };
    library[`${name}Command`] = Object.defineProperty(Command, "name", { value: `${name}Command` });
    DynamoDBDocument.prototype[name[0].toLowerCase() + name.slice(1)] = function (input) {
      return this.send(new Command(input));
    };
  }
  for (const name of ["Query", "Scan"]) {
    library[`paginate${name}`] = async function* ({ client }, input) {
      let start = input.ExclusiveStartKey;
      do {
        const wanted = start === undefined ? input : { ...input, ExclusiveStartKey: start };
        const page = await client.send(new library[`${name}Command`](wanted));
        yield page;
        start = page.LastEvaluatedKey;
      } while (start !== undefined);
    };
  }
  return library;
}

exports.util = { marshall, unmarshall, convertToAttr, convertToNative, NumberValue };
exports.makeLibrary = makeLibrary;
