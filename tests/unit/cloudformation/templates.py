"""Resources that many tests deploy."""


def parameter(value, **properties):
    return {
        "Type": "AWS::SSM::Parameter",
        "Properties": {"Type": "String", "Value": value, **properties},
    }


def bad_group():
    return {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "not a name!"}}


def group(name, **members):
    return {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": name}, **members}
