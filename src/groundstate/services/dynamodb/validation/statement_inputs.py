"""The inputs of PartiQL operations: their members, in the order in which AWS reports faults."""

from __future__ import annotations

from groundstate.services.dynamodb.validation.checker import Checker
from groundstate.services.dynamodb.validation.inputs import CONSUMED, ON_FAILURE
from groundstate.services.dynamodb.validation.shapes import (
    ATTRIBUTE,
    BOOLEAN,
    INTEGER,
    STRING,
    Member,
    list_of,
    structure,
)

BATCH_STATEMENTS_MAX = 25
TRANSACTION_STATEMENTS_MAX = 100
_STATEMENT = Member(STRING, required=True, shortest=1, longest=8192)
_PARAMETERS = Member(list_of(ATTRIBUTE), shortest=1)

EXECUTE_STATEMENT = Checker(
    Statement=_STATEMENT,
    Parameters=_PARAMETERS,
    ConsistentRead=BOOLEAN,
    NextToken=Member(STRING, shortest=1, longest=32768),
    ReturnConsumedCapacity=CONSUMED,
    Limit=Member(INTEGER, minimum=1),
    ReturnValuesOnConditionCheckFailure=ON_FAILURE,
)
BATCH_EXECUTE_STATEMENT = Checker(
    Statements=Member(
        list_of(
            structure(
                "BatchStatementRequest",
                Statement=_STATEMENT,
                Parameters=_PARAMETERS,
                ConsistentRead=BOOLEAN,
                ReturnValuesOnConditionCheckFailure=ON_FAILURE,
            )
        ),
        required=True,
        shortest=1,
        longest=BATCH_STATEMENTS_MAX,
    ),
    ReturnConsumedCapacity=CONSUMED,
)
EXECUTE_TRANSACTION = Checker(
    TransactStatements=Member(
        list_of(
            structure(
                "ParameterizedStatement",
                Statement=_STATEMENT,
                Parameters=_PARAMETERS,
                ReturnValuesOnConditionCheckFailure=ON_FAILURE,
            )
        ),
        required=True,
        shortest=1,
        longest=TRANSACTION_STATEMENTS_MAX,
    ),
    ClientRequestToken=Member(STRING, shortest=1, longest=36),
    ReturnConsumedCapacity=CONSUMED,
)
