"""The exceptions of krgboot. The class tells the caller what to do next.

Every error has ``code``, a stable identifier for programs ("plan.stale"), and ``subject``, the value, key or
path at fault (may be empty); str() gives a readable message. ``to_dict`` returns all fields as data. Errors can be
pickled.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from krgboot._core import Diagnostic, Location

__all__ = [
    "ArchiveError",
    "ArgumentError",
    "CommandError",
    "ConfigError",
    "ConflictError",
    "Error",
    "InternalError",
    "IoError",
    "ValidationError",
]


class Error(Exception):
    """Base class of all exceptions of krgboot."""

    code: str
    subject: str

    def __init__(self, message: str, code: str, subject: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.subject = subject

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._arguments()

    def _arguments(self) -> tuple[Any, ...]:
        """Return the arguments of ``__init__``."""
        return self.message, self.code, self.subject

    def to_dict(self) -> dict[str, Any]:
        """Return the error as data for JSON: class, code, subject, message, and the fields of its class."""
        return {
            "class": type(self).__name__,
            "code": self.code,
            "subject": self.subject,
            "message": self.message,
        }


class ArgumentError(Error, ValueError):
    """Fix the call: an argument is invalid."""


class ConfigError(Error, ValueError):
    """Fix the file: it is not well-formed.

    ``where`` is the place of the first fault; ``diagnostics`` has all findings of this read.
    """

    def __init__(self, message: str, code: str, subject: str, diagnostics: list[Diagnostic], where: Location) -> None:
        super().__init__(message, code, subject)
        self.diagnostics = diagnostics
        self.where = where

    def _arguments(self) -> tuple[Any, ...]:
        return *super()._arguments(), self.diagnostics, self.where

    def to_dict(self) -> dict[str, Any]:
        """Return the error with its ``diagnostics`` as data."""
        return super().to_dict() | {"diagnostics": [finding.to_dict() for finding in self.diagnostics]}


class ValidationError(Error, ValueError):
    """Fix the cluster: the file is well-formed, but its content is not valid. ``diagnostics`` has all findings."""

    def __init__(self, message: str, code: str, subject: str, diagnostics: list[Diagnostic]) -> None:
        super().__init__(message, code, subject)
        self.diagnostics = diagnostics

    def _arguments(self) -> tuple[Any, ...]:
        return *super()._arguments(), self.diagnostics

    def to_dict(self) -> dict[str, Any]:
        """Return the error with its ``diagnostics`` as data."""
        return super().to_dict() | {"diagnostics": [finding.to_dict() for finding in self.diagnostics]}


class ConflictError(Error, RuntimeError):
    """Plan again: the files changed after planning, or a file is foreign.

    ``overridden_by`` names the argument of ``apply`` that writes despite the conflict ("allow_missing"); "": none does.
    """

    def __init__(self, message: str, code: str, subject: str, overridden_by: str = "") -> None:
        super().__init__(message, code, subject)
        self.overridden_by = overridden_by

    def _arguments(self) -> tuple[Any, ...]:
        return *super()._arguments(), self.overridden_by

    def to_dict(self) -> dict[str, Any]:
        """Return the error with ``overridden_by`` as data."""
        return super().to_dict() | {"overridden_by": self.overridden_by}


class IoError(Error, OSError):
    """The system refused an operation; ``operation``, ``path``, and OSError's ``errno``, ``strerror``, ``filename``."""

    def __init__(self, message: str, code: str, operation: str, path: str, error_number: int) -> None:
        Error.__init__(self, message, code, path)
        self.operation = operation
        self.path = path
        self.errno = error_number
        self.strerror = os.strerror(error_number)
        self.filename = path

    def _arguments(self) -> tuple[Any, ...]:
        return self.message, self.code, self.operation, self.path, self.errno

    def to_dict(self) -> dict[str, Any]:
        """Return the error with ``operation``, ``path`` and ``errno`` as data."""
        return super().to_dict() | {"operation": self.operation, "path": self.path, "errno": self.errno}


class ArchiveError(Error, ValueError):
    """An archive is damaged, hostile or of an unknown kind; ``subject`` is the archive, ``entry`` its entry."""

    def __init__(self, message: str, code: str, archive: str, entry: str) -> None:
        super().__init__(message, code, archive)
        self.entry = entry

    def _arguments(self) -> tuple[Any, ...]:
        return *super()._arguments(), self.entry

    def to_dict(self) -> dict[str, Any]:
        """Return the error with the archive's ``entry`` as data."""
        return super().to_dict() | {"entry": self.entry}


class CommandError(Error, RuntimeError):
    """A program that krgboot ran failed; ``argv``, ``status`` (or 128 + signal), ``output`` (its last lines)."""

    def __init__(self, message: str, code: str, argv: list[str], status: int, output: str) -> None:
        super().__init__(message, code, argv[0] if argv else "")
        self.argv = argv
        self.status = status
        self.output = output

    def _arguments(self) -> tuple[Any, ...]:
        return self.message, self.code, self.argv, self.status, self.output

    def to_dict(self) -> dict[str, Any]:
        """Return the error with ``argv``, ``status`` and ``output`` as data."""
        return super().to_dict() | {"argv": self.argv, "status": self.status, "output": self.output}


class InternalError(Error, RuntimeError):
    """A bug in krgboot; please report it."""

    def __init__(self, message: str, code: str = "internal", subject: str = "") -> None:
        super().__init__(message, code, subject)
