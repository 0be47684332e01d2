"""One's own account: what is kept, as a file; and ending it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from ringtrue.accounts.access import needs_sign_in
from ringtrue.rights import own_account


@require_http_methods(["GET", "POST"])
@needs_sign_in
def page(request: Any) -> HttpResponse:
    problem = ""
    if request.method == "POST":
        if request.POST.get("email", "").strip().lower() != request.user.email:
            problem = "This is not the e-mail address of your account."
        elif not request.user.has_usable_password() or request.user.check_password(request.POST.get("password", "")):
            user = request.user
            try:
                own_account.end(user)
            except own_account.StillOwner as still:
                problem = f"You are the only owner of {still}. Close it, or make somebody else its owner; then end your account."
            else:
                logout(request)
                messages.success(request, "Your account is deleted.")
                return redirect("account_login")
        else:
            problem = "The password is not right."
    return render(request, "console/own_data.html", {"problem": problem}, status=422 if problem else 200)


@require_GET
@needs_sign_in
def export(request: Any) -> HttpResponse:
    response = JsonResponse(own_account.export(request.user), json_dumps_params={"indent": 2})
    response["Content-Disposition"] = 'attachment; filename="your-account.json"'
    response["Cache-Control"] = "no-store"
    return response
