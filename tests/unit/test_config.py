"""Settings: where they come from, and what they cannot be."""

import pytest

from groundstate.config import Config


def test_what_is_given_wins_over_the_environment():
    environment = {"GROUNDSTATE_PORT": "1", "GROUNDSTATE_ACCOUNT": "111111111111"}
    config = Config.from_environment(environment, port=2, account=None)
    assert (config.port, config.account) == (2, "111111111111")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("account", "12345"),
        ("endpoints", "sqs"),
        ("endpoints", "sqs=127.0.0.1:9324"),
        ("iam", "of"),
        ("log_level", "loud"),
        ("max_body_bytes", 0),
        ("port", -1),
        ("port", 65_536),
        ("synchronous", "sometimes"),
        ("table_change_s", -1),
    ],
)
def test_setting_that_cannot_be_is_refused_by_name(name, value):
    with pytest.raises(ValueError, match=f"GROUNDSTATE_{name.upper()}.*{value}"):
        Config(**{name: value})


@pytest.mark.parametrize(
    ("name", "text"), [("PORT", "many"), ("IN_MEMORY", "perhaps"), ("IAM", "no")]
)
def test_variable_that_cannot_be_is_refused_by_name(name, text):
    with pytest.raises(ValueError, match=f"GROUNDSTATE_{name}.*{text}"):
        Config.from_environment({f"GROUNDSTATE_{name}": text})


def test_choice_may_be_written_in_any_case():
    config = Config(iam="OFF", synchronous="normal", log_level="Debug")
    assert (config.iam, config.synchronous, config.log_level) == ("off", "NORMAL", "DEBUG")


def test_endpoints_are_pairs():
    setting = "sqs=http://127.0.0.1:9324, sns = aws,"
    assert Config(endpoints=setting).endpoints == setting
