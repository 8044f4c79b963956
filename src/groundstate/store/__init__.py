"""The database: one SQLite file, one writer, one commit a tick. The only package that opens it."""

from groundstate.store.barrier import Barrier
from groundstate.store.connection import Store
from groundstate.store.transaction import Transaction

__all__ = ["Barrier", "Store", "Transaction"]
