"""Node.js functions, on our own client of the Runtime API."""

from __future__ import annotations

import json

import pytest

from groundstate.services.lambda_.runtimes import find_node

from .conftest import make_zip

pytestmark = pytest.mark.skipif(not find_node(), reason="there is no Node.js")


@pytest.fixture
def make(functions):
    def make_function(source: str, name: str = "index.js", **settings):
        request = {
            "Runtime": "nodejs24.x",
            "Handler": "index.handler",
            "Timeout": 10,
            "Code": {"ZipFile": make_zip({name: source})},
            **settings,
        }
        return functions.make("", **request)

    return make_function


def test_async_handler_answers(functions, make):
    name = make("""
exports.handler = async (event, context) => ({
  event, arn: context.invokedFunctionArn, left: context.getRemainingTimeInMillis() > 0 });
""")
    assert functions.invoke(name, {"a": "ä"}).payload == {
        "event": {"a": "ä"},
        "arn": f"arn:aws:lambda:us-east-1:000000000000:function:{name}",
        "left": True,
    }
    assert functions.invoke(name, {"a": 2}).payload["event"] == {"a": 2}


def test_module_handler_answers(functions, make):
    name = make("export const handler = async (event) => event.x + 1;\n", "index.mjs")
    assert functions.invoke(name, {"x": 1}).payload == 2


def test_callback_answers_when_nothing_is_left_to_do(functions, make):
    name = make("""
let ended = false;
exports.handler = (event, context, callback) => {
  setTimeout(() => { ended = true; console.log("ended"); }, 30);
  callback(null, "answer");
};
""")
    answer = functions.invoke(name)
    assert answer.payload == "answer"
    assert "ended" in answer.log
    assert functions.invoke(name).payload == "answer"


def test_error_is_the_answer_with_its_trace(functions, make):
    name = make("exports.handler = async () => { throw new TypeError('no'); };\n")
    answer = functions.invoke(name)
    assert answer.error == "Unhandled"
    assert answer.payload["errorType"] == "TypeError"
    assert answer.payload["errorMessage"] == "no"
    assert answer.payload["trace"][0] == "TypeError: no"
    assert "/var/task/index.js:1:" in answer.payload["trace"][1]
    assert functions.invoke(name).payload["errorMessage"] == "no"


def test_module_that_is_not_there_is_an_init_error(functions, make):
    answer = functions.invoke(make("exports.handler = 1;\n", Handler="other.handler"))
    assert answer.payload["errorType"] == "Runtime.ImportModuleError"


def test_handler_that_is_not_there_is_an_init_error(functions, make):
    answer = functions.invoke(make("exports.x = 1;\n"))
    assert answer.payload["errorType"] == "Runtime.HandlerNotFound"
    assert answer.payload["errorMessage"] == "index.handler is undefined or not exported"


def test_console_lines_are_log_events(functions, make):
    name = make("exports.handler = async () => { console.log('two\\nlines', {a: 1}); };\n")
    answer = functions.invoke(name)
    (line,) = (message for message in functions.messages(name) if "two" in message)
    assert line.endswith(f"\t{answer.request_id}\tINFO\ttwo\nlines {{ a: 1 }}\n")


def test_https_to_the_endpoint_goes_to_this_runtime(functions, make):
    name = make("""
const https = require("https");
exports.handler = async () => {
  const { hostname } = new URL(process.env.AWS_ENDPOINT_URL);
  return await new Promise((resolve, reject) => {
    const request = https.request({ hostname, path: "/_groundstate/health", method: "GET" },
      (response) => { response.resume(); resolve(response.statusCode); });
    request.on("error", reject);
    request.end();
  });
};
""")
    assert functions.invoke(name).payload == 200


def test_host_of_synchronous_executions_is_this_runtime(functions, make):
    # A function that brings the SDK for JavaScript asks for this host; ours is not in its way.
    name = make("""
const http = require("http");
exports.handler = async () => {
  const url = new URL("/_groundstate/health", process.env.AWS_ENDPOINT_URL);
  url.hostname = `sync-${url.hostname}`;
  const plain = new Promise((resolve, reject) => {
    http.get(url, (found) => resolve(found.statusCode)).on("error", reject);
  });
  return [(await fetch(url)).status, await plain];
};
""")
    assert functions.invoke(name).payload == [200, 200]


def test_exit_is_an_error(functions, make):
    answer = functions.invoke(make("exports.handler = async () => process.exit(3);\n"))
    assert answer.payload["errorType"] == "Runtime.ExitError"
    assert json.dumps(answer.payload).count("exit status 3") == 1


def test_stream_of_a_function_is_answered_when_it_has_ended(functions, make):
    name = make("""
exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {
  stream.write("first ");
  setTimeout(() => stream.end("second"), 20);
});
""")
    answer = functions.client.invoke(FunctionName=name, Payload=b"{}")
    assert answer["Payload"].read() == b"first second"
    failing = make(
        "exports.handler = awslambda.streamifyResponse(async () => { throw new Error('no'); });"
    )
    assert functions.invoke(failing).payload["errorMessage"] == "no"
    forgetful = make(
        "exports.handler = awslambda.streamifyResponse(async (e, s) => { s.write('x'); });"
    )
    assert functions.client.invoke(FunctionName=forgetful)["Payload"].read() == b"x"


def test_module_of_a_layer_for_its_version_of_node_goes_first(functions, make):
    def module(word: str) -> str:
        return f"module.exports = {word!r};"

    files = {
        "nodejs/node_modules/both/index.js": module("any"),
        "nodejs/node_modules/plain/index.js": module("any"),
        "nodejs/node24/node_modules/both/index.js": module("24"),
    }
    content = {"ZipFile": make_zip(files)}
    layer = functions.client.publish_layer_version(LayerName="modules", Content=content)
    source = "exports.handler = async () => [require('both'), require('plain')];"
    name = make(source, Layers=[layer["LayerVersionArn"]])
    assert functions.invoke(name).payload == ["24", "any"]
