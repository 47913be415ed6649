"""The service's commands: what they set up and add, and how they refuse."""

from __future__ import annotations

import io
import os
import shutil
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlmodel import select

from service.access import Unauthenticated
from service.accounts import Passwords, authenticate
from service.cli import main
from service.doctor import examine
from service.home.opening import opened
from service.tables import Institution, User
from tests.process import PASSWORD
from tests.service.conftest import settings_of

pytestmark = pytest.mark.longer(one_in=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a command left: its exit code and what it printed."""

    returncode: int
    stdout: str
    stderr: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandLine:
    """The program's entry, called in this process on one home: a process of its own costs seconds of imports."""

    path: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def run(self, *arguments: str, stdin: str = "") -> Done:
        """Run one command."""
        self.capsys.readouterr()
        umask = os.umask(0o022)
        with self.monkeypatch.context() as patched:
            patched.setenv("LEDGER_HOME", str(self.path))
            patched.setattr(sys, "argv", ["legal-ledger", *arguments])
            patched.setattr(sys, "stdin", io.StringIO(stdin))
            try:
                with pytest.raises(SystemExit) as ended:
                    main()
            finally:
                os.umask(umask)
        printed = self.capsys.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        return Done(returncode=code, stdout=printed.out, stderr=printed.err)


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(path=tmp_path / "var", monkeypatch=monkeypatch, capsys=capsys)


@pytest.fixture
def cli(empty: CommandLine) -> CommandLine:
    done = empty.run("init", "--origin", "ledger.example/1")
    assert done.returncode == 0, done.stderr
    return empty


def test_init_makes_a_home_for_its_owner_alone(cli: CommandLine) -> None:
    assert stat.S_IMODE(cli.path.stat().st_mode) & 0o077 == 0
    assert "ledger.example/1" in (cli.path / "trust.json").read_text("utf-8")


def test_init_again_says_the_same(cli: CommandLine) -> None:
    again = cli.run("init")

    assert again.returncode == 0
    assert "ledger.example/1" in again.stdout


def test_init_under_another_name_is_refused(cli: CommandLine) -> None:
    refused = cli.run("init", "--origin", "other.example/1")

    assert refused.returncode == 1
    assert "ledger.example/1" in refused.stderr


def test_added_user_signs_in_at_the_first_institution(cli: CommandLine) -> None:
    added = cli.run("user", "add", "--role", "lawyer", "--username", "wang", "--password-stdin", stdin=PASSWORD + "\n")

    assert added.returncode == 0, added.stderr
    with opened(settings_of(cli.path)) as home, home.database.read() as session:
        actor = authenticate(session, Passwords(), username="wang", password=PASSWORD)
        first = session.exec(select(Institution)).one()
    assert (actor.role, actor.institution_id) == ("lawyer", first.id)


def test_account_signs_in_with_its_new_password_alone(cli: CommandLine) -> None:
    cli.run("user", "add", "--role", "lawyer", "--username", "wang", "--password-stdin", stdin=PASSWORD + "\n")
    unknown = cli.run("user", "password", "--username", "li", "--password-stdin", stdin=PASSWORD + "\n")
    changed = cli.run("user", "password", "--username", "wang", "--password-stdin", stdin=f"{PASSWORD} anew\n")

    assert (unknown.returncode, changed.returncode) == (1, 0)
    with opened(settings_of(cli.path)) as home, home.database.read() as session:
        passwords = Passwords()
        assert authenticate(session, passwords, username="wang", password=f"{PASSWORD} anew").username == "wang"
        with pytest.raises(Unauthenticated):
            authenticate(session, passwords, username="wang", password=PASSWORD)


def test_operator_that_is_named_already_is_left_as_it_is(cli: CommandLine) -> None:
    done = cli.run("operator", "name")

    assert done.returncode == 0, done.stderr
    assert "(nothing to do)" in done.stdout


def test_institution_is_called_under_the_number_it_was_given(cli: CommandLine) -> None:
    cli.run("institution", "add", "LS-COURT", "--name", "示例法院", "--kind", "court", "--phone", "0633-0000001")
    done = cli.run("institution", "phone", "LS-COURT", "0633-0000002")

    assert (done.returncode, done.stdout) == (0, "institution LS-COURT: 0633-0000002\n")
    with opened(settings_of(cli.path)) as home, home.database.read() as session:
        court = session.exec(select(Institution).where(Institution.code == "LS-COURT")).one()
    assert (court.phone, court.version) == ("0633-0000002", 2)


def test_added_institution_may_have_users(cli: CommandLine) -> None:
    cli.run("institution", "add", "LS-COURT", "--name", "示例法院", "--kind", "court")
    added = cli.run(
        *("user", "add", "--role", "department", "--username", "fa", "--institution", "LS-COURT", "--password-stdin"),
        stdin=PASSWORD + "\n",
    )

    assert added.returncode == 0, added.stderr
    assert "LS-COURT" in added.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("institution", "add", "LS-UNION", "--name", "再来", "--kind", "union"), 1, "exists already"),
        (("institution", "add", "bad code", "--name", "示例", "--kind", "union"), 64, "code:"),
        (("user", "add", "--role", "king", "--username", "wang", "--password-stdin"), 64, "role:"),
        (("user", "add", "--role", "lawyer", "--username", "W!", "--password-stdin"), 64, "username:"),
        (("serve", "--demo"), 1, "production home"),
        (("serve", "--demo", "--host", "0.0.0.0"), 64, "127.0.0.1 alone"),
        (("export", "/no/such/folder/ledger.zip"), 64, "ledger.zip"),
    ],
)
def test_refused_command_says_why_and_changes_nothing(
    cli: CommandLine, arguments: tuple[str, ...], code: int, said: str
) -> None:
    if arguments[:2] == ("serve", "--demo"):
        shutil.copytree(cli.path, cli.path / "demo")

    refused = cli.run(*arguments, stdin=PASSWORD + "\n")

    assert refused.returncode == code, refused.stderr
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr
    with opened(settings_of(cli.path)) as home, home.database.read() as session:
        assert session.exec(select(User)).all() == []
        assert len(session.exec(select(Institution)).all()) == 1


def test_password_is_never_repeated(cli: CommandLine) -> None:
    refused = cli.run("user", "add", "--role", "lawyer", "--username", "wang", "--password-stdin", stdin="geheim\n")

    assert refused.returncode == 64
    assert "password" in refused.stderr
    assert "geheim" not in refused.stderr + refused.stdout


def test_export_never_overwrites(cli: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "kept.zip"
    path.write_bytes(b"kept")

    refused = cli.run("export", str(path))

    assert refused.returncode == 64
    assert path.read_bytes() == b"kept"


def test_doctor_of_a_healthy_home_is_content(cli: CommandLine) -> None:
    seen = cli.run("doctor")

    assert seen.returncode == 0, seen.stdout
    assert "FAIL" not in seen.stdout


def test_doctor_tells_how_far_the_holidays_reach(home: Path) -> None:
    examined = {item.what: item for item in examine(settings_of(home))}
    assert examined["calendar"].healthy
    assert examined["calendar"].detail.startswith("public holidays known to 20")


def test_doctor_names_a_file_of_holidays_that_cannot_be_read(home: Path, tmp_path: Path) -> None:
    broken = tmp_path / "holidays.toml"
    broken.write_text("[soon]\noff = []\n", "utf-8")
    examined = {item.what: item for item in examine(settings_of(home, holidays=broken))}
    assert not examined["calendar"].healthy
    assert "[soon] is not a year" in examined["calendar"].detail


def test_doctor_names_what_is_wrong(cli: CommandLine) -> None:
    (cli.path / "keys" / "wrap.key").chmod(0o644)

    seen = cli.run("doctor")

    assert seen.returncode == 1
    assert "FAIL" in seen.stdout
    assert "wrap.key" in seen.stdout


@pytest.mark.parametrize(
    "command",
    [("serve",), ("audit",), ("export", "x.zip"), ("institution", "add", "AB", "--name", "x", "--kind", "union")],
    ids=lambda command: command[0],
)
def test_command_without_a_home_says_what_to_do(empty: CommandLine, command: tuple[str, ...]) -> None:
    refused = empty.run(*command)

    assert refused.returncode == 1
    assert "legal-ledger init" in refused.stderr
