"""The parameter store through a client."""

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def ssm(groundstate):
    return groundstate.client("ssm")


def refusal(call, **options):
    with pytest.raises(ClientError) as refused:
        call(**options)
    return refused.value.response["Error"]["Code"]


def value(ssm, name, **options):
    return ssm.get_parameter(Name=name, **options)["Parameter"]["Value"]


def test_versions_and_labels_select(ssm):
    ssm.put_parameter(Name="/a/b", Value="1", Type="String")
    assert ssm.put_parameter(Name="/a/b", Value="2", Overwrite=True)["Version"] == 2
    ssm.label_parameter_version(Name="/a/b", ParameterVersion=1, Labels=["live"])
    assert value(ssm, "/a/b") == "2"
    assert value(ssm, "/a/b:1") == value(ssm, "/a/b:live") == "1"
    arn = ssm.get_parameter(Name="/a/b")["Parameter"]["ARN"]
    assert arn == "arn:aws:ssm:us-east-1:000000000000:parameter/a/b"
    assert value(ssm, arn) == "2"
    assert refusal(ssm.get_parameter, Name="/a/b:7") == "ParameterVersionNotFound"
    history = ssm.get_parameter_history(Name="/a/b")["Parameters"]
    assert [(entry["Version"], entry["Value"], entry["Labels"]) for entry in history] == [
        (1, "1", ["live"]),
        (2, "2", []),
    ]


def test_overwriting_must_be_asked_for(ssm):
    ssm.put_parameter(Name="p", Value="1", Type="String")
    again = {"Name": "p", "Value": "2", "Type": "String"}
    assert refusal(ssm.put_parameter, **again) == "ParameterAlreadyExists"
    assert value(ssm, "p") == "1"


@pytest.mark.parametrize(
    "name", ["a b", "aws/x", "/ssm/x", "a/b", "/1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6"]
)
def test_bad_name_is_refused(ssm, name):
    assert refusal(ssm.put_parameter, Name=name, Value="1", Type="String") in (
        "ValidationException",
        "HierarchyLevelLimitExceededException",
    )


def test_pattern_and_size_are_kept(ssm):
    put = {"Name": "p", "Type": "String"}
    assert refusal(ssm.put_parameter, **put, Value="x", AllowedPattern="[0-9]+") == (
        "ParameterPatternMismatchException"
    )
    assert refusal(ssm.put_parameter, **put, Value="x" * 4097) == "ValidationException"
    ssm.put_parameter(**put, Value="x" * 4097, Tier="Advanced")


def test_path_lists_what_is_below(ssm):
    for name in ("/app/a", "/app/b/c", "/other"):
        ssm.put_parameter(Name=name, Value=name, Type="String")
    flat = ssm.get_parameters_by_path(Path="/app")["Parameters"]
    deep = ssm.get_parameters_by_path(Path="/app", Recursive=True)["Parameters"]
    assert [entry["Name"] for entry in flat] == ["/app/a"]
    assert [entry["Name"] for entry in deep] == ["/app/a", "/app/b/c"]
    answer = ssm.get_parameters(Names=["/other", "/none"])
    assert [entry["Name"] for entry in answer["Parameters"]] == ["/other"]
    assert answer["InvalidParameters"] == ["/none"]


def test_secret_is_shown_when_asked_for(ssm):
    ssm.put_parameter(Name="s", Value="hidden", Type="SecureString")
    assert value(ssm, "s") != "hidden"
    assert value(ssm, "s", WithDecryption=True) == "hidden"


def test_description_filters(ssm):
    ssm.put_parameter(Name="/a/x", Value="1", Type="String", Tags=[{"Key": "k", "Value": "v"}])
    ssm.put_parameter(Name="/b/y", Value="1,2", Type="StringList")

    def names(key, option, *values):
        filters = [{"Key": key, "Option": option, "Values": list(values)}]
        answer = ssm.describe_parameters(ParameterFilters=filters)
        return [entry["Name"] for entry in answer["Parameters"]]

    assert names("Type", "Equals", "StringList") == ["/b/y"]
    assert names("Name", "BeginsWith", "/a") == ["/a/x"]
    assert names("Path", "Recursive", "/b") == ["/b/y"]
    assert names("tag:k", "Equals", "v") == ["/a/x"]


def test_deleted_parameter_is_gone_with_its_history(ssm):
    ssm.put_parameter(Name="p", Value="1", Type="String")
    assert ssm.delete_parameters(Names=["p", "q"])["DeletedParameters"] == ["p"]
    assert refusal(ssm.get_parameter, Name="p") == "ParameterNotFound"
    assert refusal(ssm.delete_parameter, Name="p") == "ParameterNotFound"
    assert ssm.put_parameter(Name="p", Value="1", Type="String")["Version"] == 1


def test_regions_are_apart(groundstate, ssm):
    ssm.put_parameter(Name="p", Value="1", Type="String")
    elsewhere = groundstate.client("ssm", region="eu-west-1")
    assert refusal(elsewhere.get_parameter, Name="p") == "ParameterNotFound"


@pytest.mark.parametrize("name", ["arn:", "arn:aws:ssm", "arn:aws:ssm:us-east-1:000000000000"])
def test_part_of_an_arn_names_no_parameter(ssm, name):
    assert refusal(ssm.get_parameter, Name=name) == "ParameterNotFound"
    assert refusal(ssm.put_parameter, Name=name, Value="x", Type="String") == "ValidationException"
    assert ssm.get_parameters(Names=[name])["InvalidParameters"] == [name]


def test_lists_are_read_page_by_page(ssm):
    for number in range(5):
        ssm.put_parameter(Name=f"/page/{number}", Value="x", Type="String")
    first = ssm.get_parameters_by_path(Path="/page", MaxResults=3)
    rest = ssm.get_parameters_by_path(Path="/page", MaxResults=3, NextToken=first["NextToken"])
    names = [entry["Name"] for entry in first["Parameters"] + rest["Parameters"]]
    assert names == [f"/page/{number}" for number in range(5)]
    assert "NextToken" not in rest


@pytest.mark.parametrize("name", ["describe_parameters", "get_parameters_by_path"])
def test_token_that_is_not_ours_is_refused(ssm, name):
    options = {"Path": "/"} if name == "get_parameters_by_path" else {}
    assert refusal(getattr(ssm, name), NextToken="other", **options) == "InvalidNextToken"
