"""Lambda's quotas.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

from __future__ import annotations

# What Invoke takes and what a function may return, synchronously: 6 MB.
REQUEST_BYTES_MAX = 6 * 1024 * 1024
# The limit that AWS's error message names (observed, November 2025).
RESPONSE_BYTES_MAX = 6_291_556
# What a function may stream: 200 MB.
STREAM_BYTES_MAX = 200 * 1024 * 1024
# What Invoke takes asynchronously: 1 MB (256 KB until 2025).
EVENT_BYTES_MAX = 1024 * 1024
# CreateFunction and UpdateFunctionCode with the zip file in the request (observed).
CODE_REQUEST_BYTES_MAX = 70_167_211
ZIP_BYTES_MAX = 50 * 1024 * 1024
UNZIPPED_BYTES_MAX = 262_144_000
# AWS documents no limit of files; a zip of many empty ones must not fill the disk's inodes.
ZIP_ENTRIES_MAX = 100_000
ENVIRONMENT_BYTES_MAX = 4096
POLICY_BYTES_MAX = 20_480
TAGS_MAX = 50
LAYERS_MAX = 5
CONCURRENCY_MAX = 1000
# Reserved concurrency may leave no less than this for the functions that have none.
UNRESERVED_CONCURRENCY_MIN = 100
INIT_S_MAX = 10.0
LOG_EVENT_BYTES_MAX = 256 * 1024
TAIL_BYTES_MAX = 4096
# Asynchronous invocations: the defaults of PutFunctionEventInvokeConfig.
EVENT_AGE_S_MAX = 6 * 3600
EVENT_RETRIES = 2
EVENT_RETRY_WAITS_S = (60.0, 120.0)

# How long an execution of a durable function is kept, if its function does not say.
RETENTION_DAYS = 14

# An environment of provisioned concurrency may initialize for as long, or for the function's
# timeout if that is more (documented).
PROVISIONED_INIT_S_MAX = 130.0

# Ours: how many processes run at once on this machine, and how many of them start at a time.
ENVIRONMENTS_MAX = 256
STARTING_MAX = 4
# How many are started ahead and kept for provisioned concurrency, of all functions together: each
# takes 10 to 20 MB. And how many of them start at a time, beside those that somebody waits for.
PROVISIONED_MAX = 32
PROVISIONED_STARTING_MAX = 2
IDLE_S_MAX = 300.0
# An environment's credentials are good for twelve hours.
ENVIRONMENT_AGE_S_MAX = 11 * 3600.0
