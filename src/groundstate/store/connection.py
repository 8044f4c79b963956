"""Open the database, migrate it, begin and commit its transactions.

Theory. All state is in one database, and one connection writes it. A transaction is opened by the
first operation of a tick and committed once for all of them (`barrier.py` decides when). Inside it
every operation that writes has a savepoint, so that a refused one takes back its own writes alone;
one that ends with a single statement has SQLite's own, which each statement has.

What holds at every commit: each answered operation is in it whole, and each failed one not at all.

`synchronous=FULL` is done in two steps: SQLite commits into its log, and `sync.py` puts the log on
disk before anything is answered.
"""

from __future__ import annotations

import fcntl
import logging
import sqlite3
from importlib import resources
from pathlib import Path
from typing import IO, NoReturn

from groundstate.store.sync import Done, LogSync
from groundstate.store.transaction import Transaction, let_out

# A commit writes whole pages, and most of an execution's are touched at random places (keys are
# hashed): with 8 KiB pages the Tasks workflow ran a tenth to a third slower, items no faster.
PAGE_SIZE_BYTES = 4096
# Checkpoints copy pages from the log to the database: rarer ones copy a hot page once, not often.
WAL_PAGES_PER_CHECKPOINT = 8000
# SQLite puts 24 bytes before each page of the log.
LOG_BYTES = WAL_PAGES_PER_CHECKPOINT * (PAGE_SIZE_BYTES + 24)
# Small: the kernel keeps the file's pages anyway, and a page kept twice is memory that a waiting
# execution seems to cost. 64 MiB were measured to be no faster, with 1,000,000 items too.
CACHE_KIB = 4096

logger = logging.getLogger(__name__)


class DataDirectoryInUse(Exception):
    """Another process has this data directory open."""


class DataDirectoryIsNewer(Exception):
    """A later version of Groundstate wrote the data directory, in a form unknown to this one."""


class DataDirectoryUnusable(Exception):
    """The data directory cannot be made, or cannot be written to."""


class Store:
    """The open database.

    Args:
        path: the database file, or None for one in memory.
        synchronous: SQLite's setting; FULL survives a loss of power, NORMAL that of the process.

    Raises:
        DataDirectoryInUse: another process writes this database.
        DataDirectoryIsNewer: a later version of Groundstate wrote it.
        DataDirectoryUnusable: its folder cannot be made or written to.
    """

    def __init__(self, path: Path | None, synchronous: str = "FULL") -> None:
        self.path = path
        self._lock = _lock_directory(path.parent) if path is not None else None
        try:
            self.connection = sqlite3.connect(
                ":memory:" if path is None else path,
                isolation_level=None,
                cached_statements=1024,
                check_same_thread=False,
            )
        except sqlite3.Error as error:
            self._refuse(error)
        self._log: LogSync | None = None
        if path is not None and synchronous in ("FULL", "EXTRA"):
            self._log, synchronous = LogSync(path, LOG_BYTES), "NORMAL"
        try:
            self._configure(synchronous)
            migrate(self.connection)
        except sqlite3.Error as error:
            self._let_go()
            self._refuse(error)
        except DataDirectoryIsNewer:
            self._let_go()
            raise
        self.tx = Transaction(self.connection)
        self._synced = 0

    @property
    def is_slow(self) -> bool:
        """The disk takes so long that `sync_soon` is better than `sync`."""
        return self._log is not None and self._log.is_slow

    @property
    def version(self) -> int:
        """A number that is another one after rows were written."""
        return self.connection.total_changes

    def commit(self) -> None:
        """Put the open transaction on disk, then let out what waited for it."""
        effects = self.tx.commit()
        self.sync()
        let_out(effects)

    def sync(self) -> None:
        """Put what was committed on disk. Raises OSError if the disk refuses."""
        if self._log is not None and self._synced < self.tx.commits:
            self._synced = self.tx.commits
            self._log.now()

    def sync_soon(self, done: Done) -> None:
        """Put what was committed on disk beside the loop; `done` is called in another thread."""
        assert self._log is not None, "what is never slow needs no thread"
        self._synced = self.tx.commits
        self._log.soon(done)

    def close(self) -> None:
        """Commit what is open and close the file."""
        self.commit()
        if self._log is not None:
            self._log.close()
        if self.path is not None:
            try:
                self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            except sqlite3.OperationalError as error:
                logger.warning("The log stays beside the database, for the next start: %s", error)
        self.connection.close()
        if self._lock is not None:
            self._lock.close()

    def _let_go(self) -> None:
        self.connection.close()
        if self._log is not None:
            self._log.close()
        if self._lock is not None:
            self._lock.close()

    def _refuse(self, error: sqlite3.Error) -> NoReturn:
        if self._lock is not None:
            self._lock.close()
        name = self.path.name if self.path is not None else "memory"
        raise DataDirectoryUnusable(f"{name}: {error}") from error

    def _configure(self, synchronous: str) -> None:
        assert synchronous in ("OFF", "NORMAL", "FULL", "EXTRA"), synchronous
        execute = self.connection.execute
        execute(f"PRAGMA page_size={PAGE_SIZE_BYTES}")
        # The directory is ours alone (`_lock_directory`): a lock for each read would be for nobody.
        execute("PRAGMA locking_mode=EXCLUSIVE")
        execute("PRAGMA journal_mode=WAL")
        execute(f"PRAGMA synchronous={synchronous}")
        execute(f"PRAGMA wal_autocheckpoint={WAL_PAGES_PER_CHECKPOINT}")
        execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        execute("PRAGMA temp_store=MEMORY")
        execute("PRAGMA foreign_keys=OFF")


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the schema up to date: run each numbered file that this database has not seen.

    Raises:
        DataDirectoryIsNewer: it has seen one that is not here.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    entries = resources.files("groundstate.store.migrations").iterdir()
    scripts = {int(entry.name[:4]): entry for entry in entries if entry.name.endswith(".sql")}
    if version > max(scripts):
        raise DataDirectoryIsNewer(f"schema {version}, of which this version knows {max(scripts)}")
    for number in sorted(scripts):
        if number <= version:
            continue
        script = scripts[number].read_text(encoding="utf-8")
        connection.executescript(
            f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version={number};\nCOMMIT;"
        )


def _lock_directory(directory: Path) -> IO[str]:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = (directory / "lock").open("w")
    except OSError as error:
        raise DataDirectoryUnusable(error.strerror or str(error)) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise DataDirectoryInUse(str(directory)) from None
    return lock
