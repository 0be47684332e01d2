"""The door of the console by itself: scopes, HTMX, streams."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.test import RequestFactory

from ringtrue.accounts.access import StreamEnded, needs, needs_stream
from ringtrue.accounts.models import Membership
from ringtrue.accounts.scoping import system_scope
from ringtrue.accounts.session_store import SessionStore
from ringtrue.accounts.tests.people import member, person
from ringtrue.accounts.workspaces import create_workspace
from ringtrue.agents.models import Agent
from ringtrue.agents.starters import starter_workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def made(fast_passwords):
    return starter_workspace("dental", owner_email="owner@dental.example", slug="dental-test")


def ask(user, method="get", htmx=False):
    request = getattr(RequestFactory(), method)("/w/x/")
    request.user = user
    request.session = SessionStore()
    request.session.create()
    request.htmx = htmx
    return request


@needs("agents.read", change="agents.change")
def agents(request):
    return HttpResponse(f"{request.workspace.slug} {request.role} {Agent.objects.count()}")


def test_a_view_runs_inside_its_workspace_and_the_scope_ends_with_it(made):
    person("x@example.org")
    create_workspace(person("y@example.org"), "Other", "dental")
    assert agents(ask(made.owner), slug="dental-test").content == b"dental-test owner 1"
    assert Agent.objects.count() == 0


def test_showing_and_changing_can_need_different_capabilities(made):
    viewer = member(made.workspace, "viewer@example.org", "viewer")
    assert agents(ask(viewer), slug="dental-test").status_code == 200
    with pytest.raises(PermissionDenied):
        agents(ask(viewer, "post"), slug="dental-test")
    assert agents.capability == "agents.read"
    assert agents.change_capability == "agents.change"


def test_who_is_no_member_is_told_nothing(made):
    with pytest.raises(Http404):
        agents(ask(person("eve@example.org")), slug="dental-test")
    with pytest.raises(Http404):
        agents(ask(made.owner), slug="no-such")
    assert agents(ask(AnonymousUser()), slug="dental-test").status_code == 302


def test_fragments_get_the_same_refusals_in_a_sentence(made):
    class Htmx:
        current_url_abs_path = "/w/dental-test/agents/"

        def __bool__(self):
            return True

    def status(user, method="get"):
        answer = agents(ask(user, method, Htmx()), slug="dental-test")
        return answer.status_code, answer.headers.get("HX-Redirect", "")

    assert status(person("eve@example.org")) == (404, "")
    assert status(member(made.workspace, "v@example.org", "viewer"), "post") == (403, "")
    assert status(AnonymousUser()) == (401, "/accounts/login/?next=/w/dental-test/agents/")


def test_a_lazy_template_is_rendered_inside_the_scope(made):
    from django.template import engines

    template = engines["django"].from_string("{{ agents.count }}")

    @needs("agents.read")
    def lazy(request):
        return TemplateResponse(request, template, {"agents": Agent.objects.all()})

    assert lazy(ask(made.owner), slug="dental-test").content == b"1"


@needs_stream("agents.read")
async def stream(request, read):
    async def pieces():
        for _ in range(100):
            yield str(await read(Agent.objects.count))
            await asyncio.sleep(0)

    return StreamingHttpResponse(pieces())


async def first_and_rest(answer, between):
    pieces = answer.streaming_content.__aiter__()
    first = await anext(pieces)
    await sync_to_async(between)()
    with pytest.raises(StreamEnded):
        await anext(pieces)
    return first


@pytest.mark.parametrize("how", ["session", "role", "member", "person"])
async def test_a_stream_reads_in_its_scope_and_ends_when_its_person_may_no_longer(made, how):
    admin = await sync_to_async(member)(made.workspace, "a@example.org", "admin")
    request = await sync_to_async(ask)(admin)

    def between():
        with system_scope("a test"):
            if how == "session":
                request.session.flush()
            elif how == "role":
                Membership.objects.filter(user=admin).update(role="billing")
            elif how == "member":
                Membership.objects.filter(user=admin).delete()
            else:
                admin.is_active = False
                admin.save()

    answer = await stream(request, slug="dental-test")
    assert await first_and_rest(answer, between) == b"1"


async def test_a_stream_refuses_like_any_page(made):
    billing = await sync_to_async(member)(made.workspace, "b@example.org", "billing")
    with pytest.raises(PermissionDenied):
        await stream(await sync_to_async(ask)(billing), slug="dental-test")
    eve = await sync_to_async(person)("eve@example.org")
    with pytest.raises(Http404):
        await stream(await sync_to_async(ask)(eve), slug="dental-test")
    answer = await stream(await sync_to_async(ask)(AnonymousUser()), slug="dental-test")
    assert answer.status_code == 302
