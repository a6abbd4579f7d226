"""The desk of the ingest jobs."""

from __future__ import annotations

from ingest.report_page import page
from ingest.steward.assistant import guess, keep
from ingest.steward.case import open_case
from ingest.stored_report import stored_report
from twin.desk import Desk

DESK = Desk(
    name="ingest",
    examine=open_case,
    propose=guess,
    keep=keep,
    report=lambda twin, delivery_id: page(stored_report(twin, delivery_id)),
)
