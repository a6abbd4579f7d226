"""What waits on the data page for a steward's decision."""

from __future__ import annotations

from dataclasses import dataclass

from twin import Twin
from twin.desk import Case
from viewer.uploads.upload import Upload


@dataclass(frozen=True, slots=True)
class Pending:
    """An examined upload.

    Attributes
    ----------
    twin : Twin
        The operator's, open for as long as the case is.
    case : Case
        What was found.
    upload : Upload
        Where it came from.
    """

    twin: Twin
    case: Case
    upload: Upload

    def close(self) -> None:
        """Forget what has not been published; the upload stays."""
        self.case.discard()
        self.twin.close()
