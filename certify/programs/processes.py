"""How a program runs: until it is told to stop, and then it leaves cleanly."""

import asyncio
import ctypes
import gc
import logging
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog

from certify.programs import tracebacks

log = structlog.get_logger()

_PR_SET_PDEATHSIG = 1
STOP_WITHIN = 15.0
RESTART_AFTER = 0.5


@contextmanager
def loading() -> Iterator[None]:
    """Load a program without looking for garbage among its thousands of classes, which stay: a quarter of its start."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def run(program: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Run a program until SIGTERM or SIGINT; it watches the event it is given."""
    log_to_stderr()
    try:
        asyncio.run(_until_stopped(program))
    finally:
        leave_quietly()


def leave_quietly() -> None:
    """Let the Temporal client's own threads come to rest: without it one exit in three aborts."""
    gc.collect()
    time.sleep(0.05)


def log_to_stderr() -> None:
    """Log JSON lines to stderr; stdout belongs to what a command answers."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(lambda exc_info: tracebacks.told(exc_info[1])),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),  # stderr as it is then, also where it was replaced
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(tracebacks.Formatter(logging.BASIC_FORMAT))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


async def _until_stopped(program: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await program(stop)


def _dying_with(parent: int) -> Callable[[], None]:
    """Return what a child does first: it asks the kernel to end it when its parent ends, however that happens."""

    def arrange() -> None:
        # A Ctrl-C in the terminal is for the parent, which stops its children in order.
        os.setpgrp()
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:
                os.kill(os.getpid(), signal.SIGKILL)

    return arrange


@dataclass
class Child:
    """One program of the tree; one that ends by itself is started again."""

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    quiet: bool = False
    process: asyncio.subprocess.Process | None = None
    _watching: asyncio.Task[None] | None = field(default=None, repr=False)

    async def start(self) -> None:
        """Start, and go on watching."""
        await self._spawn()
        self._watching = asyncio.create_task(self._watch())

    async def _spawn(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            *self.command,
            env=self.environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL if self.quiet else sys.stderr,
            preexec_fn=_dying_with(os.getpid()),  # runs before any thread of the child exists
        )

    async def _watch(self) -> None:
        while True:
            assert self.process is not None
            code = await self.process.wait()
            log.warning("program_ended", program=self.name, exit_code=code)
            await asyncio.sleep(RESTART_AFTER)
            await self._spawn()

    async def stop(self) -> None:
        """Ask to stop; insist after a while."""
        if self._watching is not None:
            self._watching.cancel()
        if self.process is None or self.process.returncode is not None:
            return
        self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), STOP_WITHIN)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
