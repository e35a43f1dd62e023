"""A real JupyterHub with a student's and an instructor's account: fetch, fill, submit, collect, grade, feedback.

The two accounts exist in a namespace only, which bubblewrap makes for root: nobody is added to the system.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import quote

import nbformat
import pytest
from classroom import HOME, NOTEBOOK, worked

pytestmark = pytest.mark.integration

NAME = "assignment1"
STUDENT, TEACHER = "ada", "grace"
NUMBERS = {STUDENT: 5001, TEACHER: 5002}
TOKEN = "a-token-of-the-tests"  # noqa: S105
BIN = Path(sys.executable).parent
PROXY = shutil.which(
    "configurable-http-proxy", path=f"{HOME / '.hub/node_modules/.bin'}{os.pathsep}{os.environ['PATH']}"
)
NAMESPACE = ("bwrap", "--dev-bind", "/", "/")
AS_TEACHER = ("setpriv", "--clear-groups", f"--reuid={NUMBERS[TEACHER]}", f"--regid={NUMBERS[TEACHER]}")
HUB = """
c = get_config()
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_port = {hub}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api}"
c.ConfigurableHTTPProxy.command = ["{proxy}"]
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allowed_users = {{"ada", "grace"}}
c.JupyterHub.spawner_class = "localprocess"
c.Spawner.cmd = ["{python}", "-m", "jupyterhub.singleuser"]
c.Spawner.notebook_dir = "~"
c.Spawner.http_timeout = c.Spawner.start_timeout = 120
c.Spawner.environment = {{"JUPYTER_CONFIG_PATH": "{config}", "PATH": "{path}"}}
c.JupyterHub.services = [{{"name": "test", "api_token": "{token}"}}]
c.JupyterHub.load_roles = [
    {{"name": "test", "services": ["test"], "scopes": ["admin:servers", "access:servers", "admin:users"]}}
]
"""


def missing():
    """Return what this machine lacks for the test, or nothing."""
    if PROXY is None:
        return "configurable-http-proxy is not installed (npm install --prefix .hub configurable-http-proxy)"
    if os.geteuid() != 0 or not shutil.which("bwrap") or not shutil.which("setpriv"):
        return "accounts in a namespace need root, bubblewrap and setpriv"
    command = [*NAMESPACE, *in_roots_home(), *AS_TEACHER, "env", BIN / "cs231n", "--help"]
    other = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  our own
    return "" if other.returncode == 0 else f"other accounts cannot run this Python: {other.stderr[-300:]}"


def in_roots_home():
    """Show other accounts of root's home what the test runs, and nothing else, if that is where it stands."""
    needed = {Path(sys.base_prefix), HOME, BIN.parent}
    inside = sorted(path for path in needed if path.is_relative_to("/root"))
    above = sorted({folder for path in inside for folder in path.parents if folder.is_relative_to("/root")})
    opened = [part for folder in above[1:] for part in ("--perms", "0755", "--dir", folder)]
    shown = [part for path in inside for part in ("--ro-bind", path, path)]
    return ["--perms", "0755", "--tmpfs", "/root", *opened, *shown] if inside else []


def free_ports(number):
    sockets = [socket.socket() for _ in range(number)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Hub:
    """A running hub, seen through its proxy."""

    def __init__(self, folder, port, command):
        self.folder, self.address, self.command = folder, f"http://127.0.0.1:{port}", command

    def ask(self, path, body=None, method=None):
        """Ask the hub or somebody's server; return what JSON it answers."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.address}{path}", data, method=method)  # noqa: S310  loopback
        request.add_header("Authorization", f"token {TOKEN}")
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
                text = answer.read().decode()
        except urllib.error.HTTPError as error:
            pytest.fail(f"{path}: {error.code} {error.read().decode()[:500]}\n{self.log()}")
        return json.loads(text) if text else None

    def log(self):
        return (self.folder / "hub.log").read_text()[-3000:]

    def start(self, user):
        self.ask(f"/hub/api/users/{user}/server", {}, "POST")
        for _ in range(240):
            if self.ask(f"/hub/api/users/{user}")["servers"].get("", {}).get("ready"):
                return
            time.sleep(0.5)
        pytest.fail(f"the server of {user} does not start\n{self.log()}")

    def student(self, action, **more):
        """Do what a click in the student's assignment list does."""
        body = {"course_id": "cs231n", "assignment_id": NAME, **more}
        request = urllib.request.Request(  # noqa: S310  loopback
            f"{self.address}/user/{STUDENT}/assignments/{action}",
            urllib.parse.urlencode(body).encode(),
            method="POST",
        )
        request.add_header("Authorization", f"token {TOKEN}")
        with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
            told = json.loads(answer.read())
        assert told["success"], told

    def teacher(self, action):
        """Do what a click in formgrader does."""
        told = self.ask(f"/user/{TEACHER}/formgrader/api/assignment/{NAME}/{action}", {}, "POST")
        assert told["success"], told

    def program(self, *arguments):
        """Run our program in the instructor's terminal."""
        inside = [*AS_TEACHER, "env", f"HOME={self.folder / 'home' / TEACHER}", BIN / "cs231n", *arguments]
        ended = subprocess.run(  # noqa: S603  our own
            [*self.command, *inside],
            cwd=self.folder / "home" / TEACHER,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout


@pytest.fixture
def hub():
    reason = missing()
    if reason:
        pytest.skip(reason)
    folder = Path(mkdtemp(prefix="cs231n-hub-"))  # pytest's own are closed to other accounts
    folder.chmod(0o755)
    home(folder)
    (folder / "passwd").write_text(Path("/etc/passwd").read_text() + accounts(folder, "x:{0}:{0}::{1}:/bin/bash"))
    (folder / "group").write_text(Path("/etc/group").read_text() + accounts(folder, "x:{0}:"))
    files = [part for name in ("passwd", "group") for part in ("--bind", folder / name, f"/etc/{name}")]
    command = (*NAMESPACE, *in_roots_home(), *files)
    port, hub_port, api = free_ports(3)
    (folder / "jupyterhub_config.py").write_text(
        HUB.format(
            port=port,
            hub=hub_port,
            api=api,
            proxy=PROXY,
            python=sys.executable,
            config=folder / "config",
            path=f"{BIN}:{os.environ['PATH']}",
            token=TOKEN,
        )
    )
    with (folder / "hub.log").open("w") as log:
        server = subprocess.Popen(  # noqa: S603  our own
            [*command, BIN / "jupyterhub", "-f", folder / "jupyterhub_config.py"],
            cwd=folder,
            stdout=log,
            stderr=log,
            env={**os.environ, "CONFIGPROXY_AUTH_TOKEN": TOKEN},
        )
        try:
            yield wait_for(Hub(folder, port, command), server)
        finally:
            server.terminate()
            server.wait(timeout=60)
            shutil.rmtree(folder, ignore_errors=True)


def accounts(folder, rest):
    return "".join(f"{user}:{rest.format(number, folder / 'home' / user)}\n" for user, number in NUMBERS.items())


def home(folder):
    """Make the homes: the instructor's is the course, the student's is empty; and what nbgrader is told everywhere."""
    exchange = folder / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    for user in NUMBERS:
        (folder / "home" / user).mkdir(parents=True)
    course = folder / "home" / TEACHER
    shutil.copy(HOME / "nbgrader_config.py", course)
    for part in ("solutions", "assignments"):
        shutil.copytree(HOME / part / NAME, course / part / NAME)
    (folder / "config").mkdir()
    (folder / "config" / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.course_id = 'cs231n'\nc.Exchange.root = {str(exchange)!r}\n"
    )
    for user, number in NUMBERS.items():
        for path in [folder / "home" / user, *(folder / "home" / user).rglob("*")]:
            os.chown(path, number, number)


def wait_for(hub, server):
    for _ in range(240):
        if server.poll() is not None:
            pytest.fail(f"JupyterHub ended with status {server.returncode}\n{hub.log()}")
        try:
            urllib.request.urlopen(f"{hub.address}/hub/health", timeout=2)  # noqa: S310
        except OSError:
            time.sleep(0.25)
        else:
            return hub
    pytest.fail(f"JupyterHub does not answer\n{hub.log()}")


def test_an_assignment_goes_out_comes_back_and_its_feedback_returns(hub):
    hub.program("release", NAME)
    hub.start(TEACHER)
    hub.start(STUDENT)

    hub.teacher("release")
    hub.student("fetch")
    place = f"/user/{STUDENT}/api/contents/{NAME}"
    fetched = hub.ask(f"{place}/{NOTEBOOK}.ipynb")["content"]
    hub.ask(
        f"{place}/{NOTEBOOK}.ipynb", {"type": "notebook", "content": json.loads(nbformat.writes(worked()))}, "PUT"
    )
    hub.student("submit")

    hub.teacher("collect")
    hub.program("grade", NAME)
    hub.program("feedback", NAME)
    hub.teacher("release_feedback")
    hub.student("fetch_feedback")

    (moment,) = hub.ask(f"{place}/feedback")["content"]
    files = hub.ask(f"/user/{STUDENT}/api/contents/{quote(moment['path'])}")["content"]
    (page,) = [file for file in files if file["name"] == f"{NOTEBOOK}.html"]
    text = hub.ask(f"/user/{STUDENT}/api/contents/{quote(page['path'])}")["content"]
    submissions = hub.ask(f"/user/{TEACHER}/formgrader/api/submissions/{NAME}")
    (entry,) = [one for one in submissions if one["student"] == STUDENT]

    assert "NotImplementedError" in json.dumps(fetched)
    assert "<b>13</b>" in text
    assert "hidden" in text
    assert entry["score"] == 13  # of the one notebook that was filled in
    assert (hub.folder / "home" / TEACHER / "submitted" / STUDENT / NAME).stat().st_uid == NUMBERS[TEACHER]
