"""What reading one file may use, so that a hostile one costs only itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What one child process may use to read one file; the names are those of the settings."""

    seconds: float = 60.0  # on the wall
    cpu_seconds: int = 40
    memory_mb: int = 1024
    pages: int = 40
    megapixels: int = 60  # of one picture
    file_mb: int = 50
    unpacked_mb: int = 200
    files: int = 100  # that are packed in one
    depth: int = 3  # containers in one another

    @property
    def file_bytes(self) -> int:
        return self.file_mb << 20

    @property
    def unpacked_bytes(self) -> int:
        return self.unpacked_mb << 20
