"""Fetches the source distributions whose fixtures are read, once, outside the repository."""

import os
import pathlib
import subprocess
import sys
import tarfile

VERSIONS = {"talon": "1.4.4", "flufl.bounce": "6.0.0", "tnefparse": "1.4.0"}


def folder(name: str) -> pathlib.Path:
    """The unpacked source distribution of that package."""
    cache = pathlib.Path(os.environ.get("PARLEY_PEER_CACHE", "/tmp/parley-peers"))
    cache.mkdir(parents=True, exist_ok=True)
    stem = f"{name.replace('.', '_')}-{VERSIONS[name]}"
    if not (cache / stem).is_dir():
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "-d", str(cache),
             f"{name}=={VERSIONS[name]}"], check=True, timeout=120)
        archive = next(path for path in cache.glob("*.tar.gz") if path.name.startswith(stem))
        with tarfile.open(archive) as tar:
            tar.extractall(cache, filter="data")
    return cache / stem
