"""Durable functions: executions that outlive their invocations.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/durable-functions.html

Theory. An execution is rows: what it was asked, its operations (steps, waits, callbacks, chained
invocations), its history. The function is invoked with the operations so far, tells by checkpoints
what it does, and ends with a result or with `PENDING`: then it is invoked again as soon as one of
its operations has changed. At most one invocation of an execution is under way. Every change comes
in one of the entries below, which reads the execution, changes it, and calls `proceed`, the only
place that begins an invocation:

* `executions.start` and `stop`, `pausing.pause` and `resume`: what callers want;
* `checkpoints.checkpoint`: what the function tells;
* `invoking.finish_invocation`: an invocation has ended;
* `timers.serve_durable_timer`: a wait, a retry or a timeout is due;
* `callbacks.complete`, `chained.complete`: somebody else has answered.

All of an entry is in one transaction, so that after a crash an execution is as its last answer
said; the invocation that was under way begins anew, as on AWS.
"""
