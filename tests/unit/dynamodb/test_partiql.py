"""PartiQL, through a client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.dynamodb.shapes import definitions, key_schema

Refused = Callable[..., tuple[str, str]]
WHOLE_KEY = "Select statements within {} must specify the primary key in the where clause."
MALFORMED = "Statement wasn't well formed, can't be processed: "


def run(client: Any, statement: str, *parameters: Any, **more: Any) -> list[Any]:
    request = {"Statement": statement, **more}
    if parameters:
        request["Parameters"] = list(parameters)
    found: list[Any] = client.execute_statement(**request)["Items"]
    return found


def test_partiql_statements(client: Any, range_table: str, refused: Refused) -> None:
    for at in range(4):
        run(
            client,
            f"INSERT INTO {range_table} VALUE {{'p': 'a', 'c': {at}, 'g': ?, 's': <<'x','y'>>}}",
            {"S": f"g{at % 2}"},
        )
    code, _ = refused(
        client.execute_statement, Statement=f"INSERT INTO {range_table} VALUE {{'p':'a','c':1}}"
    )
    assert code == "DuplicateItemException"
    found = run(client, f"SELECT c FROM {range_table} WHERE p = 'a' AND c > 1 ORDER BY c DESC")
    assert found == [{"c": {"N": "3"}}, {"c": {"N": "2"}}]
    found = run(client, f'SELECT c FROM "{range_table}"."by_g" WHERE g = ?', {"S": "g1"})
    assert len(found) == 2
    found = run(
        client,
        f"UPDATE {range_table} SET v = 1 SET s = set_add(s, <<'z'>>) REMOVE g"
        " WHERE p = 'a' AND c = 0 AND contains(s, 'x') RETURNING ALL NEW *",
    )
    assert found[0]["s"] == {"SS": ["x", "y", "z"]}
    assert "g" not in found[0]
    code, _ = refused(
        client.execute_statement,
        Statement=f"UPDATE {range_table} SET v = 1 WHERE p = 'a' AND c = 99",
    )
    assert code == "ConditionalCheckFailedException"
    found = run(client, f"DELETE FROM {range_table} WHERE p = 'a' AND c = 0 RETURNING ALL OLD *")
    assert found[0]["v"] == {"N": "1"}
    assert len(run(client, f"SELECT * FROM {range_table} WHERE g IS NOT MISSING")) == 3


def pages(client: Any, statement: str, **more: Any) -> list[list[Any]]:
    """The items of all pages of a statement."""
    request, found = {"Statement": statement, **more}, []
    while True:
        page = client.execute_statement(**request)
        found.append(page["Items"])
        if "NextToken" not in page:
            return found
        request["NextToken"] = page["NextToken"]


def test_partiql_pages(client: Any, range_table: str) -> None:
    for at in range(5):
        client.put_item(TableName=range_table, Item={"p": {"S": "a"}, "c": {"N": str(at)}})
    found = pages(client, f"SELECT c FROM {range_table} WHERE p IN ['a', 'b']", Limit=2)
    numbers = [item["c"]["N"] for page in found for item in page]
    assert numbers == ["0", "1", "2", "3", "4"]


# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-operators.html
def test_items_of_partitions_that_are_listed_come_ten_to_a_page(
    client: Any, range_table: str
) -> None:
    for at in range(24):
        key = {"p": {"S": "ab"[at % 2]}, "c": {"N": str(at)}}
        client.put_item(TableName=range_table, Item=key)
    listed = pages(client, f"SELECT c FROM {range_table} WHERE p IN ['a', 'b']")
    assert [len(page) for page in listed] == [10, 10, 4]
    assert {item["c"]["N"] for page in listed for item in page} == set(map(str, range(24)))
    (whole,) = pages(client, f"SELECT c FROM {range_table} WHERE p = 'a'")
    assert len(whole) == 12


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("n + 1 = 6", True),
        ("6 = n + 1", True),
        ("n - 1 - 1 = 3", True),
        ("n BETWEEN 2 + 2 AND 2 + 3", True),
        ("p = 'a' AND size(s) + n = 7", True),
        ("n > 4 + 1", False),
        ("absent + 1 = 1", False),
        ("s + 1 = 6", False),
    ],
)
def test_sums_in_conditions(client: Any, range_table: str, condition: str, holds: bool) -> None:
    run(client, f"INSERT INTO {range_table} VALUE {{'p': 'a', 'c': 1, 'n': 5, 's': <<'x','y'>>}}")
    assert len(run(client, f"SELECT * FROM {range_table} WHERE {condition}")) == holds


@pytest.mark.parametrize(
    "statement",
    [
        "SELEC * FROM T",
        "SELECT * FROM",
        "SELECT * FROM T WHERE",
        "SELECT * FROM T WHERE a = 'x",
        "SELECT * FROM T WHERE a = ?",
        "INSERT INTO T VALUE {'a': <<1, 'x'>>}",
        "UPDATE T SET WHERE a = 1",
        "SELECT * FROM T WHERE " + "(" * 200 + "a = 1" + ")" * 200,
    ],
)
def test_malformed_statements(client: Any, refused: Refused, statement: str) -> None:
    assert refused(client.execute_statement, Statement=statement)[0] == "ValidationException"


def test_partiql_transactions_and_batches(client: Any, hash_table: str) -> None:
    insert = {"Statement": f"INSERT INTO {hash_table} VALUE {{'p': 'a'}}"}
    exists = {"Statement": f"EXISTS(SELECT * FROM {hash_table} WHERE p = 'none' AND v = 1)"}
    with pytest.raises(client.exceptions.TransactionCanceledException) as caught:
        client.execute_transaction(TransactStatements=[insert, exists])
    codes = [reason["Code"] for reason in caught.value.response["CancellationReasons"]]
    assert codes == ["None", "ConditionalCheckFailed"]
    client.execute_transaction(TransactStatements=[insert])
    answers = client.batch_execute_statement(
        Statements=[
            {"Statement": f"SELECT * FROM {hash_table} WHERE p = '{name}'"} for name in "ab"
        ]
    )["Responses"]
    assert answers == [
        {"TableName": hash_table, "Item": {"p": {"S": "a"}}},
        {"TableName": hash_table},
    ]


@pytest.mark.parametrize("token", ["x", "W10=", "WzAseyJwIjoxfV0=", "WzAsW11d", "bnVsbA=="])
def test_a_token_that_is_not_ours_is_refused(
    client: Any, hash_table: str, refused: Refused, token: str
) -> None:
    request = {"Statement": f"SELECT * FROM {hash_table}", "NextToken": token}
    assert refused(client.execute_statement, **request) == (
        "ValidationException",
        "Invalid NextToken",
    )


def test_statements_with_a_token_are_carried_out_once(client: Any, hash_table: str) -> None:
    client.put_item(TableName=hash_table, Item={"p": {"S": "a"}, "v": {"N": "0"}})
    request = {
        "TransactStatements": [{"Statement": f"UPDATE {hash_table} SET v = v + 1 WHERE p = 'a'"}],
        "ClientRequestToken": "statements",
        "ReturnConsumedCapacity": "TOTAL",
    }
    answers = [client.execute_transaction(**request) for _ in range(2)]
    assert [answer["Responses"] for answer in answers] == [[], []]
    assert answers[0]["ConsumedCapacity"][0]["WriteCapacityUnits"] == 2.0
    assert answers[1]["ConsumedCapacity"][0]["ReadCapacityUnits"] == 2.0
    item = client.get_item(TableName=hash_table, Key={"p": {"S": "a"}})["Item"]
    assert item["v"] == {"N": "1"}


def seed(client: Any, table: str, **attributes: Any) -> None:
    client.put_item(TableName=table, Item={"p": {"S": "a"}, **attributes})


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("SELEC * FROM T", MALFORMED + "Expected data manipulation"),
        ("SELECT * FROM", MALFORMED + "Unexpected term"),
        ("SELECT * FROM T WHERE", MALFORMED + "Unexpected term"),
        ("SELECT * FROM T WHERE NOT", MALFORMED + "Unexpected term"),
        ("SELECT * FROM T WHERE p = 'a' AND", MALFORMED + "Missing right-hand side expression"),
        ("SELECT * FROM T WHERE ORDER BY p", MALFORMED + "Unexpected keyword"),
        ("SELECT * FROM T WHERE IS NULL", MALFORMED + "Unexpected operator"),
        ("SELECT * FROM T WHERE p = 'a' foo", MALFORMED + "Unexpected token after expression"),
        ("SELECT * FROM T WHERE p = 'a')", MALFORMED + "Unexpected token after expression"),
        ("DELETE FROM T WHERE p = 'a' ORDER BY p", MALFORMED + "Unexpected token after expr"),
        ("INSERT INTO T x VALUE {'p': 'a'}", MALFORMED + "Unexpected token after expression"),
        ("SELECT * FROM T WHERE p = 'a' # note", MALFORMED),
        ("SELECT * FROM T WHERE p = 'a", MALFORMED),
        ("SELECT * FROM T WHERE p = 'a' /* note", MALFORMED),
        ("SELECT * FROM T WHERE p = 1e2147483648", MALFORMED),
        ("SELECT * FROM T WHERE p = 1.5e-2147483647", MALFORMED),
        ("SELECT * FROM T WHERE p = 'a' AND x IS FOO", MALFORMED + "Expected type name"),
        ("DELETE FROM WHERE p = 'a'", MALFORMED + "Expected identifier for simple path"),
        ("SELECT * FROM T t WHERE p = 'a'", "Aliasing is not supported"),
        ("SELECT * FROM T AS t WHERE p = 'a'", "Aliasing is not supported"),
        ("UPDATE T t SET a = 3 WHERE p = 'a'", "Aliasing is not supported"),
        ("DELETE FROM T t WHERE p = 'a'", "Aliasing is not supported"),
        ("SELECT * FROM T LIMIT 1", "Unsupported clause: LIMIT at 1:17:5"),
        ('SELECT * FROM T."x"."y"', "A path may contain at most 2 components in the FROM clause"),
        ('SELECT * FROM ""', "Path component cannot be an empty string"),
        ("SELECT * FROM T WHERE p = 1e126", "supported range under root"),
        ("INSERT INTO T VALUE {'p': 1e-131}", "supported range under root"),
        ("INSERT INTO T VALUE {'p': 'a', 'm': {'x': 1e126}}", "supported range under root.x"),
        ("INSERT INTO T VALUE {'p': 'a', 'l': [1, 1e126]}", "supported range under root[1]"),
        ("INSERT INTO T VALUE {'s': f(1)}", "Unsupported data type: f under key root at 1:27:1"),
        ("SELECT * FROM T WHERE EXISTS(x)", "Unrecognized function: exists at 1:23:6"),
        ("SELECT size(x) FROM T", "Unexpected path component at 1:8:4"),
        ("SELECT * FROM T WHERE attribute_exists()", "attribute_exists, number of operands: 0"),
        ("SELECT * FROM T WHERE attribute_exists('x')", "requires a document path;"),
        ("SELECT * FROM T WHERE x < true", "operator or function: <, operand type: BOOL"),
        ("UPDATE T SET a = set_add(b, <<1>>)", "must equal the assignment value at 1:18:7"),
        ("UPDATE T SET a = set_add(a)", "SET_ADD must have exactly two arguments at 1:18:7"),
        ("UPDATE T SET a = set_add(a, 'x')", "must be a value with type SET at 1:26:1"),
        ("UPDATE T SET a = set_delete(a, <<>>)", "Empty bags are not supported"),
        ("DELETE FROM T WHERE p = 'a' RETURNING ALL NEW *", "Only RETURNING ALL OLD * is allowed"),
    ],
)
def test_statements_are_refused(
    client: Any, refused: Refused, statement: str, message: str
) -> None:
    code, text = refused(client.execute_statement, Statement=statement)
    assert code == "ValidationException"
    assert text == message if message.endswith(": ") else message in text


@pytest.mark.parametrize(
    "condition",
    [
        "ATTRIBUTE_EXISTS(s)",
        "attribute_exists(s) = true",
        "attribute_exists(none) = false",
        "NOT attribute_exists(none)",
        "attribute_type(s, 'SS')",
        "n IS NULL",
        "s IS NOT NULL",
        "t IS BOOL",
        "none IS MISSING",
        "size(s) = 2 -- a note",
        "/* a note */ v = 5e-1",
        "v = .5",
    ],
)
def test_where_conditions(client: Any, hash_table: str, condition: str) -> None:
    seed(
        client,
        hash_table,
        s={"SS": ["x", "y"]},
        n={"NULL": True},
        t={"BOOL": True},
        v={"N": "0.5"},
    )
    statement = f"SELECT p FROM {hash_table} WHERE p = 'a' AND {condition}"
    assert run(client, statement) == [{"p": {"S": "a"}}]


def test_parts_come_under_their_last_name(client: Any, hash_table: str) -> None:
    seed(client, hash_table, m={"M": {"x": {"S": "deep"}, "l": {"L": [{"N": "1"}]}}})
    found = run(client, f"SELECT p, m.x, m.l[0], m.none FROM {hash_table}")
    assert found == [{"p": {"S": "a"}, "x": {"S": "deep"}, "l[0]": {"N": "1"}}]


def test_elements_come_under_the_name_and_index(client: Any, hash_table: str) -> None:
    item = {"p": {"S": "a"}, "m": {"M": {"l": {"L": [{"S": "x"}, {"M": {"n": {"N": "1"}}}]}}}}
    client.put_item(TableName=hash_table, Item=item)
    statement = f"SELECT m.l[0], m.l[1].n, m.l[5] FROM {hash_table} WHERE p = 'a'"
    assert client.execute_statement(Statement=statement)["Items"] == [
        {"l[0]": {"S": "x"}, "n": {"N": "1"}}
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT m.inner FROM {} WHERE p = 'a'",
        "SELECT * FROM {} WHERE p = 'a' AND attribute_exists(m.Size)",
        "UPDATE {} SET m.key = 1 WHERE p = 'a'",
        "UPDATE {} REMOVE m.value WHERE p = 'a'",
    ],
)
def test_reserved_words_within_paths_need_quotes(
    client: Any, hash_table: str, refused: Refused, statement: str
) -> None:
    code, message = refused(client.execute_statement, Statement=statement.format(hash_table))
    assert code == "ValidationException"
    assert message == (
        "Statement wasn't well formed, can't be processed: Invalid path dot component"
    )
    seed(client, hash_table, m={"M": {"size": {"N": "2"}}})
    found = run(client, f"SELECT m.\"size\" FROM {hash_table} WHERE p = 'a'")
    assert found == [{"size": {"N": "2"}}]


def test_an_update_may_begin_with_from(client: Any, hash_table: str, refused: Refused) -> None:
    seed(client, hash_table, v={"N": "1"})
    found = run(client, f"FROM {hash_table} WHERE p = 'a' SET w = 2 REMOVE v RETURNING ALL NEW *")
    assert found == [{"p": {"S": "a"}, "w": {"N": "2"}}]
    found = run(client, f"UPDATE {hash_table} REMOVE w WHERE p = 'a' RETURNING MODIFIED NEW *")
    assert found == []
    _, message = refused(client.execute_statement, Statement=f"FROM {hash_table} SET w = 1")
    assert message == "Where clause does not contain a mandatory equality on all key attributes"


def test_faults_of_a_statement_come_before_its_table(client: Any, refused: Refused) -> None:
    statement = "SELECT * FROM Nowhere WHERE p = 'a' AND v < true"
    assert refused(client.execute_statement, Statement=statement)[0] == "ValidationException"
    statement = "SELECT * FROM Nowhere WHERE p = 'a'"
    assert refused(client.execute_statement, Statement=statement)[0] == (
        "ResourceNotFoundException"
    )


def test_reads_of_indexes(client: Any, range_table: str, refused: Refused) -> None:
    item = {"p": {"S": "a"}, "c": {"N": "1"}, "l": {"S": "l"}, "g": {"S": "g"}, "h": {"N": "2"}}
    client.put_item(TableName=range_table, Item={**item, "x": {"S": "x"}, "y": {"S": "y"}})
    by_g = f'FROM "{range_table}"."by_g_h" WHERE g = \'g\''
    by_l = f'FROM "{range_table}"."by_l_keys" WHERE p = \'a\''
    (found,) = run(client, f"SELECT * {by_g}")
    assert sorted(found) == ["c", "g", "h", "p", "x"]
    (found,) = run(client, f"SELECT * {by_l}")
    assert sorted(found) == ["c", "l", "p"]
    assert run(client, f"SELECT y {by_l}") == [{"y": {"S": "y"}}]
    for statement, message in (
        (f"SELECT y {by_g}", "Global secondary index by_g_h does not project [y]"),
        (
            f"SELECT p {by_g} AND y = 'y'",
            "Secondary index by_g_h does not project one or more filter attributes: [y]",
        ),
        (
            f"SELECT p {by_l} AND y IS NOT MISSING",
            "Secondary index by_l_keys does not project one or more filter attributes: [y]",
        ),
    ):
        _, text = refused(client.execute_statement, Statement=statement)
        assert text == f"One or more parameter values were invalid: {message}"
    assert run(client, f'SELECT p FROM "{range_table}"."by_g_h" WHERE y = \'y\'') == []


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (
            "SELECT * FROM HashTable WHERE p = 'a' AND v = 1",
            WHOLE_KEY.format("ExecuteTransaction"),
        ),
        (
            'SELECT * FROM "HashTable"."i" WHERE p = \'a\'',
            "Reads on indices are not supported within transactions.",
        ),
        (
            "UPDATE HashTable SET v = 1 WHERE p = 'a' RETURNING ALL NEW *",
            "RETURNING clause is not supported in ExecuteTransaction.",
        ),
        (
            "EXISTS(SELECT * FROM HashTable WHERE p = 'a')",
            "EXISTS() must contain a single item read with additional condition",
        ),
        ("SELECT * FROM HashTable WHERE", MALFORMED + "Unexpected term"),
    ],
)
def test_statements_of_transactions_are_refused(
    client: Any, hash_table: str, refused: Refused, statement: str, message: str
) -> None:
    code, text = refused(client.execute_transaction, TransactStatements=[{"Statement": statement}])
    assert code == "ValidationException"
    assert text == f"Validation failed in TransactStatements[0]: {message}"


def test_reads_of_a_batch_name_whole_keys(client: Any, hash_table: str) -> None:
    statement = f"SELECT * FROM {hash_table} WHERE p = 'a' AND v = 1"
    (answer,) = client.batch_execute_statement(Statements=[{"Statement": statement}])["Responses"]
    assert answer["Error"] == {
        "Code": "ValidationError",
        "Message": WHOLE_KEY.format("BatchExecuteStatement"),
    }


def test_an_index_with_keys_of_several_attributes_is_not_read(
    client: Any, refused: Refused
) -> None:
    client.create_table(
        TableName="SeveralKeys",
        AttributeDefinitions=definitions(p="S", g="S", h="S"),
        KeySchema=key_schema("p"),
        BillingMode="PAY_PER_REQUEST",
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by_both",
                "KeySchema": [
                    {"AttributeName": "g", "KeyType": "HASH"},
                    {"AttributeName": "h", "KeyType": "HASH"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    message = (
        "PartiQL statements cannot be executed on tables with multi-attribute HASH keys or"
        " multi-attribute RANGE keys."
    )
    statement = 'SELECT * FROM "SeveralKeys"."by_both" WHERE g = \'a\''
    assert refused(client.execute_statement, Statement=statement)[1] == message
    (answer,) = client.batch_execute_statement(Statements=[{"Statement": statement}])["Responses"]
    assert answer["Error"] == {"Code": "ValidationError", "Message": message}
    assert run(client, "SELECT * FROM SeveralKeys WHERE p = 'a'") == []
    client.delete_table(TableName="SeveralKeys")


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (
            "INSERT INTO \"RangeTable\".\"by_g\" VALUE {'p': 'a', 'c': 1}",
            "FROM clause may only contain a single table name",
        ),
        (
            'UPDATE "RangeTable"."by_g" SET v = 1 WHERE p = \'a\' AND c = 1',
            "This operation is not supported on an index",
        ),
        (
            'DELETE FROM "RangeTable"."by_g" WHERE p = \'a\' AND c = 1',
            "This operation is not supported on an index",
        ),
    ],
)
def test_an_index_is_not_written(
    client: Any, range_table: str, refused: Refused, statement: str, message: str
) -> None:
    assert refused(client.execute_statement, Statement=statement) == (
        "ValidationException",
        message,
    )


def test_a_token_goes_on_where_it_was_given(
    client: Any, range_table: str, refused: Refused
) -> None:
    for at in range(2):
        run(client, f"INSERT INTO {range_table} VALUE {{'p': 'a', 'c': {at}, 'g': 'x', 'h': 1}}")
    statement = f'SELECT c FROM "{range_table}"."by_g" WHERE g = \'x\''
    page = client.execute_statement(Statement=statement, Limit=1)
    token = page["NextToken"]
    found = run(client, statement, NextToken=token)
    assert [*page["Items"], *found] == [{"c": {"N": "0"}}, {"c": {"N": "1"}}]
    other = statement.replace("by_g", "by_g_h")
    code, _ = refused(client.execute_statement, Statement=other, NextToken=token)
    assert code == "ValidationException"


def test_a_statement_that_did_not_run_names_no_table(client: Any, hash_table: str) -> None:
    run(client, f"INSERT INTO {hash_table} VALUE {{'p': 'a'}}")
    answers = client.batch_execute_statement(
        Statements=[
            {"Statement": f"INSERT INTO {hash_table} VALUE {{'p': 'a'}}"},
            {"Statement": f"UPDATE {hash_table} SET v = 1 WHERE p = 'a' AND v = 2"},
            {"Statement": f"INSERT INTO {hash_table} VALUE {{'p': 1}}"},
            {"Statement": "INSERT INTO NoTable VALUE {'p': 'a'}"},
        ]
    )["Responses"]
    assert [answer.get("TableName") for answer in answers] == [hash_table, hash_table, None, None]


@pytest.mark.parametrize(
    ("where", "name"),
    [
        ("p = 1", "p"),
        ("p IN ['a', 1]", "p"),
        ("p = 'a' AND c = 'x'", "c"),
        ("p = 'a' AND c BETWEEN 1 AND 'x'", "c"),
        ("p IN ['a'] AND c > 'x'", "c"),
    ],
)
def test_keys_are_compared_with_their_types(
    client: Any, range_table: str, refused: Refused, where: str, name: str
) -> None:
    code, message = refused(
        client.execute_statement, Statement=f"SELECT * FROM {range_table} WHERE {where}"
    )
    assert code == "ValidationException"
    assert message == (
        f"Key attribute's data type should match its data type in table's schema: Key {name}"
    )


def test_a_scan_compares_keys_with_anything(client: Any, range_table: str) -> None:
    run(client, f"INSERT INTO {range_table} VALUE {{'p': 'a', 'c': 1}}")
    assert run(client, f"SELECT * FROM {range_table} WHERE c = 'x'") == []
    assert len(run(client, f"SELECT * FROM {range_table} WHERE c <> 'x'")) == 1


def test_a_partition_is_named_once(client: Any, range_table: str, refused: Refused) -> None:
    statement = f"SELECT * FROM {range_table} WHERE p IN ['a', 'b', 'a']"
    code, message = refused(client.execute_statement, Statement=statement)
    assert code == "ValidationException"
    assert message == "Overlapping conditions with range keys are not supported in where clause"
