"""The module cfn-response, which CloudFormation puts beside inline code that asks for it.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-lambda-function-code-cfnresponsemodule.html

Handlers of custom resources answer with it. The texts below are not run here: they are packaged
with the function, under the names that its `import` or `require` finds.
"""

from __future__ import annotations

_PYTHON = '''\
"""Answers CloudFormation for the function of a custom resource."""

import json
from urllib.request import Request, urlopen

SUCCESS = "SUCCESS"
FAILED = "FAILED"


def send(
    event, context, responseStatus, responseData, physicalResourceId=None, noEcho=False, reason=None
):
    answer = {
        "Status": responseStatus,
        "Reason": reason or f"See the log stream {context.log_stream_name}",
        "PhysicalResourceId": physicalResourceId or context.log_stream_name,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "NoEcho": noEcho,
        "Data": responseData,
    }
    body = json.dumps(answer).encode()
    # The URL is signed for a request without a content type.
    request = Request(event["ResponseURL"], body, {"Content-Type": ""}, method="PUT")
    try:
        with urlopen(request) as response:
            print("Status code:", response.status)
    except OSError as error:
        print("The answer could not be sent:", error)
'''

_NODE = """\
// Answers CloudFormation for the function of a custom resource.
"use strict";

exports.SUCCESS = "SUCCESS";
exports.FAILED = "FAILED";

exports.send = (event, context, responseStatus, responseData, physicalResourceId, noEcho) => {
  const body = JSON.stringify({
    Status: responseStatus,
    Reason: `See the log stream ${context.logStreamName}`,
    PhysicalResourceId: physicalResourceId || context.logStreamName,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
    NoEcho: noEcho || false,
    Data: responseData,
  });
  const url = new URL(event.ResponseURL);
  const client = require(url.protocol === "https:" ? "https" : "http");
  // The URL is signed for a request without a content type.
  const headers = { "content-type": "", "content-length": Buffer.byteLength(body) };
  return new Promise((resolve) => {
    const end = (text) => {
      console.log(text);
      if (typeof context.done === "function") context.done();
      resolve();
    };
    const request = client.request(url, { method: "PUT", headers }, (response) => {
      response.resume();
      end(`Status code: ${response.statusCode}`);
    });
    request.on("error", (error) => end(`The answer could not be sent: ${error}`));
    request.end(body);
  });
};
"""


def find_modules(source: str, runtime: str) -> dict[str, str]:
    """The files that inline code needs beside its own, by their path in the package."""
    if runtime.startswith("python") and "cfnresponse" in source:
        return {"cfnresponse.py": _PYTHON}
    if runtime.startswith("nodejs") and "cfn-response" in source:
        return {"node_modules/cfn-response/index.js": _NODE}
    return {}
