"""The recording as the player asks for it, in ranges, and as a download. Sealed pieces are opened as they are sent."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import HttpResponse, HttpResponseBase, HttpResponseNotFound, StreamingHttpResponse

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.calls import reading
from ringtrue.calls.listening import NoRecording, Wav
from ringtrue.console.views.call import file_name, find, purpose_missing

A_RANGE = 1024 * 1024  # bytes at once: half a minute of 8 kHz stereo; the player asks again


@needs("calls.read")
def play(request: ConsoleRequest, call_id: UUID) -> HttpResponseBase:
    """RFC 9110 §14: one range is answered with 206, at most A_RANGE of it; anything else with the whole file."""
    try:
        wav = reading.wav(find(request, call_id))
    except NoRecording:
        return HttpResponseNotFound("There is no recording of this call.", content_type="text/plain")
    asked = re.fullmatch(r"bytes=(\d*)-(\d*)", request.headers.get("Range", ""))
    if asked is None or asked.group(0) == "bytes=-":
        return _whole(wav)
    first, last = asked.groups()
    if first:
        start, stop = int(first), min(int(last) + 1 if last else wav.length, wav.length)
    else:
        start, stop = max(0, wav.length - int(last)), wav.length  # the last so many bytes
    if start >= stop:
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{wav.length}"
        return response
    stop = min(stop, start + A_RANGE)
    response = HttpResponse(b"".join(wav.read(start, stop)), status=206, content_type="audio/wav")
    response["Content-Range"] = f"bytes {start}-{stop - 1}/{wav.length}"
    response["Accept-Ranges"] = "bytes"
    return response


@needs("calls.download")
def download(request: ConsoleRequest, call_id: UUID) -> HttpResponseBase:
    call = find(request, call_id)
    try:
        wav = reading.wav(call)
    except NoRecording:
        return HttpResponseNotFound("There is no recording of this call.", content_type="text/plain")
    if asked := purpose_missing(request, call, "wav"):
        return asked
    response = _whole(wav)
    response["Content-Disposition"] = f'attachment; filename="{file_name(call)}.wav"'
    return response


def _whole(wav: Wav) -> StreamingHttpResponse:
    response = StreamingHttpResponse(_pieces(wav), content_type="audio/wav")
    response["Content-Length"] = str(wav.length)
    response["Accept-Ranges"] = "bytes"
    return response


async def _pieces(wav: Wav) -> AsyncIterator[bytes]:
    # Decrypting is work: in a thread, so that other pages are answered meanwhile.
    source = iter(wav)

    def following() -> bytes | None:
        return next(source, None)

    while (piece := await sync_to_async(following)()) is not None:
        yield piece
