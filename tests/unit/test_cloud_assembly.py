"""Reading what a CDK app is synthesized into."""

import io
import json
import zipfile

import pytest

from groundstate.cloud_assembly import AssemblyError, read_assembly, zip_folder


def make_stack(folder, name, *, depends_on=(), environment="aws://unknown-account/unknown-region"):
    """A stack with one zipped asset; gives its two artifacts."""
    (folder / f"{name}.template.json").write_text("{}")
    (folder / f"asset.{name}").mkdir()
    (folder / f"asset.{name}" / "index.py").write_text(name)
    bucket = "assets-${AWS::AccountId}-${AWS::Region}"
    files = {
        "1": {
            "source": {"path": f"asset.{name}", "packaging": "zip"},
            "destinations": {"here": {"bucketName": bucket, "objectKey": f"{name}.zip"}},
        },
        "2": {
            "source": {"path": f"{name}.template.json", "packaging": "file"},
            "destinations": {"here": {"bucketName": bucket, "objectKey": f"{name}.json"}},
        },
    }
    (folder / f"{name}.assets.json").write_text(json.dumps({"files": files}))
    return {
        name: {
            "type": "aws:cloudformation:stack",
            "environment": environment,
            "properties": {"templateFile": f"{name}.template.json", "tags": {"team": "a"}},
            "dependencies": [*depends_on, f"{name}.assets"],
        },
        f"{name}.assets": {
            "type": "cdk:asset-manifest",
            "properties": {"file": f"{name}.assets.json"},
        },
    }


def read(folder, artifacts, **others):
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts, **others}))
    return read_assembly(folder, account="000000000000", region="eu-west-1").stacks


def test_stack_with_its_assets(tmp_path):
    (stack,) = read(tmp_path, make_stack(tmp_path, "S"))
    assert (stack.name, stack.template_text, stack.tags) == ("S", "{}", {"team": "a"})
    code, template = stack.assets
    assert (code.bucket, code.key) == ("assets-000000000000-eu-west-1", "S.zip")
    assert zipfile.ZipFile(io.BytesIO(code.read())).read("index.py") == b"S"
    assert (template.source, template.read()) == (stack.template_path, b"{}")


def test_stacks_come_after_those_that_they_depend_on(tmp_path):
    artifacts = {**make_stack(tmp_path, "A", depends_on=["B"]), **make_stack(tmp_path, "B")}
    assert [stack.name for stack in read(tmp_path, artifacts)] == ["B", "A"]


def test_stack_name_may_differ_from_its_artifact(tmp_path):
    artifacts = make_stack(tmp_path, "S")
    artifacts["S"]["properties"]["stackName"] = "prod-S"
    assert [stack.name for stack in read(tmp_path, artifacts)] == ["prod-S"]


def test_environment_of_the_app_wins(tmp_path):
    artifacts = make_stack(tmp_path, "S", environment="aws://123456789012/us-west-2")
    (stack,) = read(tmp_path, artifacts)
    assert stack.region == "us-west-2"
    assert stack.assets[0].bucket == "assets-123456789012-us-west-2"


def test_stages_are_read_too(tmp_path):
    inner = tmp_path / "assembly-Prod"
    inner.mkdir()
    (inner / "manifest.json").write_text(json.dumps({"artifacts": make_stack(inner, "Inner")}))
    nested = {
        "assembly-Prod": {
            "type": "cdk:cloud-assembly",
            "properties": {"directoryName": "assembly-Prod"},
        }
    }
    stacks = read(tmp_path, {**make_stack(tmp_path, "Outer"), **nested})
    assert [stack.name for stack in stacks] == ["Outer", "Inner"]


def test_folder_without_a_manifest_is_refused(tmp_path):
    with pytest.raises(AssemblyError, match=r"manifest\.json"):
        read_assembly(tmp_path, account="0", region="r")


def test_values_to_be_looked_up_are_named(tmp_path):
    missing = [{"key": "vpc-provider:x", "provider": "vpc-provider", "props": {}}]
    with pytest.raises(AssemblyError, match="vpc-provider:x"):
        read(tmp_path, {}, missing=missing)


def test_docker_images_are_refused(tmp_path):
    artifacts = make_stack(tmp_path, "S")
    (tmp_path / "S.assets.json").write_text(json.dumps({"dockerImages": {"1": {}}}))
    with pytest.raises(AssemblyError, match="Docker"):
        read(tmp_path, artifacts)


def test_same_content_zips_to_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name / "inner").mkdir(parents=True)
        for path in ("b.py", "a.py", "inner/c.sh"):
            (tmp_path / name / path).write_text(path)
        (tmp_path / name / "inner" / "c.sh").chmod(0o755)
    packed = zip_folder(tmp_path / "one")
    assert packed == zip_folder(tmp_path / "two")
    archive = zipfile.ZipFile(io.BytesIO(packed))
    assert archive.namelist() == ["a.py", "b.py", "inner/c.sh"]
    assert archive.getinfo("inner/c.sh").external_attr >> 16 & 0o777 == 0o755
