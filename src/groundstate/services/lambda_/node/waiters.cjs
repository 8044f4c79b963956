// Waiters of the AWS SDK: ask until an answer says that something is there, or will never be.
//
// What each one asks and looks for is in the service models' own waiters.
"use strict";

// On AWS things take seconds; here a look costs next to nothing.
const DELAY_MS = 200;

// What an answer, or an error, means for a waiter: "success", "failure" or "retry".
function judge(waiter, answer, error) {
  for (const { matcher, argument, expected, state } of waiter.acceptors) {
    if (holds(matcher, argument, expected, answer, error)) {
      return state;
    }
  }
  if (error) {
    throw error;
  }
  return "retry";
}

function holds(matcher, argument, expected, answer, error) {
  if (matcher === "status") {
    return (error ? error.$metadata && error.$metadata.httpStatusCode : 200) === expected;
  }
  if (matcher === "error") {
    return typeof expected === "boolean"
      ? Boolean(error) === expected
      : Boolean(error) && error.name === expected;
  }
  if (error) {
    return false;
  }
  const found = look(answer, argument);
  if (matcher === "path") {
    return found === expected;
  }
  const values = Array.isArray(found) ? found : [];
  return matcher === "pathAll"
    ? values.length > 0 && values.every((value) => value === expected)
    : values.some((value) => value === expected);
}

// `Table.TableStatus`, `Stacks[].StackStatus`: names, and lists that are gone through.
function look(value, path) {
  const [name, ...rest] = path.split(".");
  const list = name.endsWith("[]");
  const member = value === null || value === undefined ? undefined : value[name.replace("[]", "")];
  if (rest.length === 0) {
    return member;
  }
  return list
    ? (member || []).map((element) => look(element, rest.join(".")))
    : look(member, rest.join("."));
}

// Ask until the waiter knows; the state, and the answer or error that told it.
exports.wait = async function wait(waiter, ask, attemptsMax) {
  for (let attempt = 1; ; attempt += 1) {
    let answer, error;
    try {
      answer = await ask(waiter.operation);
    } catch (refusal) {
      error = refusal;
    }
    const state = judge(waiter, answer, error);
    if (state !== "retry" || attempt >= attemptsMax) {
      return { state, reason: error || answer, answer };
    }
    await new Promise((resolve) => setTimeout(resolve, DELAY_MS));
  }
};

exports.DELAY_MS = DELAY_MS;
