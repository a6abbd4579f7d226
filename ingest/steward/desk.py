"""The desk of the ingest jobs."""

from __future__ import annotations

from ingest.steward.assistant import guess, keep
from ingest.steward.case import open_case
from twin.desk import Desk

DESK = Desk(name="ingest", examine=open_case, propose=guess, keep=keep)
