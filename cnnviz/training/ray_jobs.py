"""Ray's jobs, by Ray's own client over HTTP: submit one, ask after it, stop it. Ray is imported when first needed.

A job is a command that Ray runs once, on whichever machine of the cluster has room; until then it is pending. It
belongs to the cluster and not to who submitted it. Source: docs.ray.io, "Ray Jobs Overview" and "Python SDK API".
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple, Protocol

from .bounds import Ray

SECONDS = 10.0  # that one question to Ray may take
SUBMITTING = 30.0  # seconds that a submission may take: Ray's first one connects its agent to the cluster
LONGEST = 300  # characters of what Ray says


class RayError(Exception):
    """Ray could not be asked, or refused; the message is one line."""


class Job(NamedTuple):
    """Where a job stands: "pending", "running", "ended", or "unknown" to the cluster.

    `code` is the exit code of a command that has ended. `was_late` says that it found no room in Ray's time,
    `was_stopped` that somebody stopped it; `message` is what Ray says of it.
    """

    status: str
    code: int | None = None
    was_late: bool = False
    was_stopped: bool = False
    message: str = ""


class Jobs(Protocol):
    """What we ask of Ray. All raise RayError."""

    def ping(self) -> None: ...
    def submit(self, id: str, command: str, variables: Mapping[str, str], ray: Ray) -> None: ...
    def job(self, id: str) -> Job: ...
    def stop(self, id: str) -> None: ...
    def log(self, id: str) -> str: ...


class RayJobs:
    """The jobs of the cluster at an address."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._client: Any = None

    def ping(self) -> None:
        """Raise RayError when the cluster does not answer."""
        self._ask("get_version")

    def submit(self, id: str, command: str, variables: Mapping[str, str], ray: Ray) -> None:
        """Have a shell command run once, with these variables beside those of its machine."""
        self._ask(
            "submit_job",
            entrypoint=command,
            submission_id=id,
            runtime_env={"env_vars": dict(variables)},
            entrypoint_num_cpus=ray.cpus,
            entrypoint_num_gpus=ray.gpus,
        )

    def job(self, id: str) -> Job:
        try:
            found = self._ask("get_job_info", id)
        except RayError as error:
            if "status code 404" in str(error):
                return Job("unknown")
            raise
        status = str(getattr(found.status, "value", found.status)).lower()
        if status in ("pending", "running"):
            return Job(status)
        return Job(
            "ended",
            found.driver_exit_code,
            was_late=found.error_type == "JOB_SUPERVISOR_ACTOR_START_TIMEOUT",
            was_stopped=status == "stopped",
            message=line(found.message or ""),
        )

    def stop(self, id: str) -> None:
        """End a job; a command that runs is asked first. Nothing happens to one that has ended or is unknown."""
        try:
            self._ask("stop_job", id)
        except RayError as error:
            if "status code 404" not in str(error):
                raise

    def log(self, id: str) -> str:
        """What the command printed; "" where it cannot be had."""
        with suppress(RayError):
            return str(self._ask("get_job_logs", id))
        return ""

    def _ask(self, name: str, *given: Any, **named: Any) -> Any:
        try:
            if self._client is None:
                self._client = _connect(self._address)
            return getattr(self._client, name)(*given, **named)
        except Exception as error:  # Ray's client raises many kinds, those of its HTTP library among them
            raise RayError(f"Ray at {self._address}: {line(str(error)) or type(error).__name__}") from None


def _connect(address: str) -> Any:
    """Ray's client, with a bound on the time that a question may take, which it does not have itself."""
    from ray.job_submission import JobSubmissionClient

    class Client(JobSubmissionClient):
        def _do_request(self, method: str, endpoint: str, **given: Any) -> Any:
            longest = SUBMITTING if method == "POST" else SECONDS
            return super()._do_request(method, endpoint, **{"timeout": longest, **given})

    return Client(address)


def line(text: str) -> str:
    """The end of a text, where the cause stands, in one line."""
    words = " ".join(text.split())
    return words if len(words) <= LONGEST else f"… {words[-LONGEST:]}"
