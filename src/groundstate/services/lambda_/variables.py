"""The environment variables of a function's process.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from groundstate.services.lambda_.model import FunctionVersion

# Functions may not set these (documented as reserved; the message names those that were set).
RESERVED = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_LAMBDA_RUNTIME_API",
        "LAMBDA_TASK_ROOT",
        "LAMBDA_RUNTIME_DIR",
    }
)


class Credentials(NamedTuple):
    """What a function signs its own calls with."""

    access_key_id: str
    secret_access_key: str
    session_token: str


def make_variables(
    function: FunctionVersion,
    credentials: Credentials,
    *,
    task_root: str,
    layer_roots: list[str],
    runtime_root: str,
    interpreter: str,
    runtime_api: str,
    endpoint_url: str,
    log_stream: str,
    initialization_type: str,
) -> dict[str, str]:
    """All variables of an environment's process.

    Beyond AWS's own there are those that send the function's AWS clients to this runtime, and
    those that keep them from the credentials and settings of the machine's user.

    Args:
        runtime_root: the folder with the runtime's own packages.
        interpreter: the Python that the function runs on, or that the runtime does.
    """
    variables = {
        **_defaults(task_root, layer_roots, runtime_root, interpreter),
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime}",
        "AWS_ENDPOINT_URL": endpoint_url,
        # Otherwise clients put `sync-` and the like before the name of this machine.
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        **function.variables,
        # Those that a function cannot have another value of.
        "_HANDLER": function.handler,
        "AWS_REGION": function.region,
        "AWS_DEFAULT_REGION": function.region,
        "AWS_ACCESS_KEY_ID": credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": function.version,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
        "AWS_LAMBDA_INITIALIZATION_TYPE": initialization_type,
        "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "LAMBDA_TASK_ROOT": task_root,
        "LAMBDA_RUNTIME_DIR": runtime_root,
        **_of_runtime(function, task_root, layer_roots),
    }
    if credentials.session_token:
        variables["AWS_SESSION_TOKEN"] = credentials.session_token
    if function.log_format == "JSON":
        variables["AWS_LAMBDA_LOG_FORMAT"] = "JSON"
        variables["AWS_LAMBDA_LOG_LEVEL"] = function.log_level or "INFO"
    return variables


def _defaults(
    task_root: str, layer_roots: list[str], runtime_root: str, interpreter: str
) -> dict[str, str]:
    """What functions may have other values of."""
    layer_bins = [f"{root}/bin" for root in layer_roots]
    layer_libraries = [f"{root}/lib" for root in layer_roots]
    return {
        "LANG": "en_US.UTF-8",
        "LC_CTYPE": "C.UTF-8",
        "TZ": ":UTC",
        "PATH": ":".join(
            [str(Path(interpreter).parent), "/usr/local/bin", "/usr/bin", "/bin", *layer_bins]
        ),
        "LD_LIBRARY_PATH": ":".join([task_root, f"{task_root}/lib", *layer_libraries]),
        "PWD": task_root,
        "SHLVL": "0",
        "PYTHONPATH": runtime_root,
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2000",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _of_runtime(
    function: FunctionVersion, task_root: str, layer_roots: list[str]
) -> dict[str, str]:
    """What the client of the function's runtime needs."""
    if function.runtime.startswith("python"):
        # AWS's client writes its log messages as frames there; see output.py.
        return {"_LAMBDA_TELEMETRY_LOG_FD": "3"}
    if function.runtime.startswith("nodejs"):
        major = function.runtime.removeprefix("nodejs").removesuffix(".x")
        places = (f"nodejs/node{major}/node_modules", "nodejs/node_modules")
        folders = [f"{root}/{place}" for place in places for root in layer_roots]
        return {"NODE_PATH": ":".join([*folders, f"{task_root}/node_modules"])}
    return {}
