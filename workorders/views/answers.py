"""How a page answers a form: to a module that sent it in JSON, to a plain browser by a redirect."""

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from governance.lib.errors import InvalidError
from workorders.enums import PhotoStage
from workorders.services import NewPhoto


def wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def done(request: HttpRequest, location: str) -> HttpResponse:
    """Send the browser on; a module follows `location` itself once it has tidied up."""
    if wants_json(request):
        return JsonResponse({"location": location})
    return redirect(location)


def new_photos(
    request: HttpRequest, stages: dict[str, PhotoStage], *, limit: int
) -> list[NewPhoto]:
    """Collect the photos of a form by input; raise InvalidError for more than `limit` in one."""
    photos: list[NewPhoto] = []
    for field, stage in stages.items():
        files: list[UploadedFile] = [file for file in request.FILES.getlist(field) if file]
        if len(files) > limit:
            raise InvalidError(fields={field: [_("一次最多 %(limit)d 张照片") % {"limit": limit}]})
        photos += [NewPhoto(file, stage, field) for file in files]
    return photos
