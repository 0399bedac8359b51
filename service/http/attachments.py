"""Photos in and out."""

from functools import partial
from typing import Annotated, Literal

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from sqlalchemy import Connection

from domain.faults import invalid, not_found
from domain.ids import AttachmentId
from domain.wire import AttachmentInfo
from service.access import Asker, Door, Sight
from service.audit.photos import new_photo_id
from service.clock import real_now
from service.http.codec import ApiRequest, asker_of, reply, runtime_of
from service.http.guard import REFUSALS, through
from service.http.packed import Packed
from service.photos import MAX_BODY, Photo, clean
from service.store import reads
from service.store import statements as sql
from service.store.rows import to_us, watchers
from service.write.transaction import Job
from service.write.work import Work

FOREVER = "private, max-age=31536000, immutable"


@post("/v1/attachments", opt=through(Door.ATTACH), responses=REFUSALS, status_code=201, request_max_body_size=MAX_BODY)
async def post_attachment(request: ApiRequest) -> Response[AttachmentInfo]:
    """Keep a photo (JPEG, PNG or WebP, at most 12 MB): written anew, its metadata dropped."""
    runtime = runtime_of(request)
    body = await request.body()
    if not body:
        raise invalid("photo_not_readable")
    photo = await runtime.on_photo(partial(clean, body))
    attachment_id = new_photo_id(photo.full, photo.thumb)
    await runtime.do(Job(partial(_keep, attachment_id=attachment_id, photo=photo, asker=asker_of(request))))
    info = AttachmentInfo(attachment_id, photo.width, photo.height, len(photo.full))
    return reply(request, info, 201)


@get(
    "/v1/attachments/{attachment_id:str}",
    opt=through(Door.CASES),
    responses=REFUSALS,
    media_type="image/jpeg",
)
async def get_attachment(
    request: ApiRequest,
    attachment_id: FromPath[str],
    size: Annotated[Literal["full", "thumb"], QueryParameter()] = "full",
) -> Response[bytes]:
    """Return a kept photo as JPEG: one's own, or one of a case one may see."""
    runtime, asker = runtime_of(request), asker_of(request)
    sight = runtime.sight(asker)
    which = AttachmentId(attachment_id)
    ask = partial(_visible, attachment_id=which, thumb=size == "thumb", asker=asker, sight=sight)
    jpeg = await runtime.read(ask)
    if jpeg is None:
        raise not_found("unknown_attachment", attachment=attachment_id[:64])
    return Packed(jpeg, "image/jpeg", 200, {"Cache-Control": FOREVER})


def _visible(
    connection: Connection, attachment_id: AttachmentId, *, thumb: bool, asker: Asker, sight: Sight
) -> bytes | None:
    """Return the JPEG, None where there is none or it hangs on no case this reader sees."""
    if not sight.whole and reads.photo_owner(connection, attachment_id) != asker.own.account:
        cases = reads.cases_of_photo(connection, attachment_id)
        if not any(sight.sees_photos(case, watchers(case)) for case in cases):
            return None
    return reads.photo(connection, attachment_id, thumb=thumb)


def _keep(work: Work, attachment_id: AttachmentId, photo: Photo, asker: Asker) -> None:
    work.attachments.add(attachment_id)
    work.put(
        sql.ADD_ATTACHMENT,
        {
            "attachment_id": attachment_id,
            "width": photo.width,
            "height": photo.height,
            "added_by": asker.own.account,
            "added_at": to_us(real_now()),
            "full_jpeg": photo.full,
            "thumb_jpeg": photo.thumb,
            "used": 0,
        },
    )


HANDLERS = (post_attachment, get_attachment)
