from pathlib import Path

import httpx
import pytest

from ringtrue.voice.speech import models
from ringtrue.voice.speech.models import ModelMissing, ModelRefused, check, ensure, fetch, manifest, report


def test_every_model_is_here_and_is_what_was_published() -> None:
    """The bytes of Whisper and Silero against the hashes that their own publishers' files have."""
    assert {wrong for _, _, wrong in report()} == {"ok"}
    hashes = {file.name: file.sha256 for model in manifest().values() for file in model.files}
    assert hashes["model.bin"].startswith("1a5afae0")
    assert hashes["silero_vad.onnx"].startswith("1a153a22")
    assert all(model.licence and model.source and "==" in model.package for model in manifest().values())


def test_a_changed_file_is_refused_before_it_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One flipped bit, same length: nothing may be made of it."""
    real = ensure("silero-vad")["silero_vad.onnx"].read_bytes()
    folder = tmp_path / "silero-vad"
    folder.mkdir()
    (folder / "silero_vad.onnx").write_bytes(real[:-1] + bytes([real[-1] ^ 1]))
    monkeypatch.setattr(models, "_silero_weights", lambda path: pytest.fail("it was loaded"))
    with pytest.raises(ModelRefused, match=r"not the file that was agreed on.*Install the package again"):
        models.voice_activity(tmp_path)


def test_a_file_changed_after_it_was_checked_is_checked_again(tmp_path: Path) -> None:
    file = models.ModelFile(name="a", path="", size=5, sha256="2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")
    path = tmp_path / "a"
    path.write_bytes(b"hello")
    check(path, file)
    path.write_bytes(b"hullo")
    with pytest.raises(ModelRefused):
        check(path, file)


def test_a_missing_package_is_told_with_the_way_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "_in_package", lambda file: None)
    with pytest.raises(ModelMissing, match="pip install --no-deps silero-vad=="):
        ensure("silero-vad")


def _published(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    real = httpx.stream

    def stream(method: str, url: str, **options: object) -> object:
        client = httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(200, content=content)))
        return client.stream(method, url)

    assert real is not stream
    monkeypatch.setattr(httpx, "stream", stream)


def test_files_can_be_fetched_from_where_they_are_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bytes_of = ensure("minilm-tokenizer")["tokenizer.json"].read_bytes()
    _published(monkeypatch, bytes_of)
    assert fetch("minilm-tokenizer", tmp_path) == {"tokenizer.json": tmp_path / "minilm-tokenizer" / "tokenizer.json"}


@pytest.mark.parametrize("change", ["longer", "other"])
def test_a_fetched_file_that_is_another_is_refused_and_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    bytes_of = ensure("minilm-tokenizer")["tokenizer.json"].read_bytes()
    _published(monkeypatch, bytes_of + b" " if change == "longer" else bytes_of[:-1] + b" ")
    with pytest.raises(ModelRefused):
        fetch("minilm-tokenizer", tmp_path)
    assert list((tmp_path / "minilm-tokenizer").iterdir()) == []


def test_what_has_no_published_address_is_not_fetched(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="no published address"):
        fetch("hibari-heart", tmp_path)
