"""Settings: who wins, and what a person is told about a slip."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from indexer import settings as module
from indexer.errors import SettingsInvalid
from indexer.settings import SETTINGS, Settings, load


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    """A current folder and a settings folder of the test's own."""
    (tmp_path / "here").mkdir()
    (tmp_path / "home").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(module.platformdirs, "user_config_dir", lambda *_, **__: str(tmp_path / "home"))
    return tmp_path


def write(folder: Path, text: str) -> None:
    (folder / "newsdex.toml").write_text(text, "utf-8")


def test_without_anything_the_defaults_hold():
    assert load(env={}) == Settings()


def test_every_setting_has_a_row_and_every_row_a_setting():
    names = {field.name for field in dataclasses.fields(Settings)} - {"files"}
    assert {setting.name for setting in SETTINGS} == names
    assert all(setting.help for setting in SETTINGS)


def test_each_source_overrules_those_behind_it(folders):
    write(folders / "home", 'port = 1\nzone = "Asia/Tokyo"\nthreads = 2\nmemory = 100\n')
    write(folders / "here", "port = 2\nthreads = 3\nmemory = 200\n")

    found = load(env={"NEWSDEX_THREADS": "4", "NEWSDEX_MEMORY": "300"}, memory=400)

    assert (found.zone, found.port, found.threads, found.memory) == ("Asia/Tokyo", 2, 4, 400)


def test_an_option_not_given_overrules_nothing():
    assert load(env={"NEWSDEX_PORT": "9"}, port=None).port == 9


def test_outlets_of_both_files_are_joined_by_domain(folders):
    write(folders / "home", '[outlets."a.example"]\nname = "A"\n[outlets."b.example"]\nname = "B"\n')
    write(folders / "here", '[outlets."www.B.example"]\nname = "Better"\nzone = "Asia/Seoul"\n')

    outlets = load(env={}).outlets

    assert {domain: outlet.name for domain, outlet in outlets.items()} == {
        "a.example": "A",
        "b.example": "Better",
    }
    assert load(env={}).read_options().outlets == outlets


def test_a_named_file_is_the_only_one_read_and_its_index_lies_beside_it(folders):
    write(folders / "here", "port = 2\n")
    other = folders / "other.toml"
    other.write_text('index = "there"\n')

    found = load(config=other, env={})

    assert (found.port, found.index, found.files) == (8642, folders / "there", (other,))
    assert load(env={"NEWSDEX_CONFIG": str(other)}).index == folders / "there"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("prot = 1\n", "prot: there is no such setting; did you mean 'port'?"),
        ("Time-Limit-Ms = 1\n", "did you mean 'time_limit_ms'?"),
        ('port = "x"\n', "port: write a whole number from 0 to 65,535, not 'x'"),
        ("port = true\n", "port: write a whole number"),
        ("port = 70000\n", "not 70000"),
        ('zone = "Asia/Soul"\n', "'Asia/Soul' is no time zone; write one like Asia/Seoul"),
        ('zone = "../etc/passwd"\n', "is no time zone"),
        ('language = "english please"\n', "is no language tag"),
        ("protected = 3\n", "write a list of words"),
        ("outlets = 3\n", "write a table for each paper"),
        ('[outlets."a.example"]\nzon = "UTC"\n', "a.example has no 'zon'; did you mean 'zone'?"),
        ('[outlets."a.example"]\nzone = "Nowhere"\n', "a.example: 'Nowhere' is no time zone"),
        ("port = = 3\n", "is not TOML in UTF-8"),
        ("index = 3\n", "index: write a text in quotation marks"),
    ],
)
def test_a_slip_in_the_file_names_file_key_and_remedy(folders, text, told):
    write(folders / "here", text)
    with pytest.raises(SettingsInvalid) as error:
        load(env={})
    assert str(error.value).startswith("newsdex.toml: ")
    assert told in str(error.value)


def test_bytes_that_are_no_text_are_told_as_such(folders):
    (folders / "here" / "newsdex.toml").write_bytes(b"zone = '\xff\xfe'")
    with pytest.raises(SettingsInvalid, match="is not TOML in UTF-8"):
        load(env={})


def test_a_slip_in_the_environment_names_the_variable():
    with pytest.raises(SettingsInvalid, match="the environment: NEWSDEX_PORT: write a whole number"):
        load(env={"NEWSDEX_PORT": "many"})


def test_a_settings_file_that_is_not_there_is_told(folders):
    with pytest.raises(SettingsInvalid, match="there is no such settings file"):
        load(config="nowhere.toml", env={})


def test_words_come_from_a_list_or_a_text_with_commas(folders):
    write(folders / "here", 'protected = ["Eugene", " physics ", "Eugene"]\n')
    assert load(env={}).protected == ("Eugene", "physics")
    assert load(env={"NEWSDEX_PROTECTED": "a, b,,"}).protected == ("a", "b")
