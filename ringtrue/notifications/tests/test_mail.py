import email
import smtplib
from email import policy

import pytest
from django.core import mail as django_mail
from procrastinate.contrib.django.models import ProcrastinateJob

from ringtrue.accounts.models import Membership, User
from ringtrue.accounts.scoping import system_scope
from ringtrue.calls.tests.making import NAME, NUMBER, SENTENCE, a_call
from ringtrue.notifications import mailing
from ringtrue.notifications.forgetting import forget_mails_of
from ringtrue.notifications.jobs import take_up
from ringtrue.notifications.mail_folder import mail_folder
from ringtrue.notifications.models import Mail
from ringtrue.privacy.erasing import erase
from ringtrue.privacy.models import PolicySetting

FOLDER = "ringtrue.notifications.mail_folder.MailFolder"


@pytest.fixture(autouse=True)
def into_the_folder(settings, tmp_path):
    """pytest-django puts its own backend in; these tests are about ours."""
    settings.EMAIL_BACKEND = FOLDER
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")


def read_mail(mail):
    raw = (mail_folder() / f"{mail.id}.eml").read_bytes()
    message = email.message_from_bytes(raw, policy=policy.default)
    return message, message.get_content()


def sent_after(call):
    mail = Mail.objects.get(call_id=call.id)
    assert mailing.send(mail.id)
    return Mail.objects.get(id=mail.id)


@pytest.mark.promise("P-ALX-3-3")
def test_after_a_call_the_owner_gets_its_summary(dental):
    call = a_call(dental)
    message, text = read_mail(sent_after(call))
    assert message["To"] == "owner@dental.example"
    assert message["Subject"] == "Test call, Riverside Dental: a message was taken"
    assert f"{NAME} called from {NUMBER}." in text
    assert "(made automatically)" in text
    assert "on Saturday, November 21 at 13:00 (America/New_York)" in text
    assert f"/w/dental-test/calls/{call.id}/" in text


@pytest.mark.promise("P-ALX-3-3")
def test_in_metadata_only_the_mail_holds_nothing_that_was_said_and_no_number(dental):
    call = a_call(dental, mode="metadata_only")
    message, text = read_mail(sent_after(call))
    for canary in (SENTENCE, "breakfast", NAME, "Marigold", NUMBER, "0142"):
        assert canary not in str(message), canary
    assert "It lasted 14 s. Outcome: a message was taken." in text
    assert "Nothing of what was said is kept" in text


def test_in_excluding_pii_the_mail_leaves_name_and_number_out(dental):
    call = a_call(dental, mode="excluding_pii")
    _, text = read_mail(sent_after(call))
    assert NUMBER not in text
    assert NAME not in text
    assert "Name:" not in text
    assert "Number:" not in text


def test_a_workspace_may_want_links_only(dental):
    PolicySetting.objects.create(workspace=dental.workspace, key="notifications.detail", value="link_only")
    _, text = read_mail(sent_after(a_call(dental)))
    assert SENTENCE not in text
    assert NAME not in text
    assert "The whole call:" in text


def test_owners_and_admins_get_it_and_nobody_else(dental):
    for role in ("admin", "viewer", "qa"):
        person = User.objects.create_user(f"{role}@dental.example")
        Membership.objects.create(workspace=dental.workspace, user=person, role=role)
    a_call(dental)
    assert set(Mail.objects.values_list("to", flat=True)) == {"owner@dental.example", "admin@dental.example"}


def test_the_row_is_sealed_and_the_job_knows_only_an_id(dental):
    call = a_call(dental)
    mail = Mail.objects.get()
    assert SENTENCE.encode() not in bytes(mail.sealed)
    jobs = ProcrastinateJob.objects.filter(task_name="notifications.send_mail").values_list("args", flat=True)
    assert {"mail_id": str(mail.id)} in jobs, "among those that earlier tests committed"
    for held in jobs:
        assert NAME not in str(held)
        assert str(call.subject_id) not in str(held)


def test_the_terminal_line_of_a_call_mail_holds_no_personal_data(dental, capsys):
    mail = sent_after(a_call(dental))
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("Mail")]
    assert lines == [f"Mail written to {mail_folder() / f'{mail.id}.eml'}"]


def test_an_account_mail_is_a_file_and_its_link_is_printed(capsys):
    django_mail.send_mail("Confirm", "Hello,\n\nhttp://localhost:8000/accounts/confirm/abc/\n", None, ["ann@example.com"])
    (path,) = mail_folder().glob("account-*.eml")
    assert path.stat().st_mode & 0o777 == 0o600
    line = capsys.readouterr().out.strip()
    assert line.endswith("its link: http://localhost:8000/accounts/confirm/abc/")
    assert "ann@example.com" not in line


def test_a_mail_is_sent_once_however_often_its_job_runs(dental):
    call = a_call(dental)
    mail = sent_after(call)
    assert not mailing.send(mail.id)
    take_up(0)
    assert len(list(mail_folder().glob("*.eml"))) == 1
    assert (mail.state, mail.file_name) == ("sent", f"{mail.id}.eml")


@pytest.mark.parametrize("written", [False, True])
def test_a_worker_that_dies_between_claim_and_mark_loses_and_doubles_nothing(dental, time_machine, written):
    """`written`: it died after the mail was out and before it could note that."""
    time_machine.move_to(1795284600.0, tick=False)
    a_call(dental)
    mail = Mail.objects.get()
    if written:
        assert mailing.send(mail.id)
        Mail.objects.filter(id=mail.id).update(state="sending", sent_at=None, file_name="")
    else:
        assert mailing._claim(mail.id).state == "sending"
    assert not mailing.send(mail.id)  # the claim holds: nobody else takes it
    take_up(0)
    assert Mail.objects.get().state == "sending"
    time_machine.shift(181)
    take_up(0)
    assert Mail.objects.get().state == "sent"
    assert [path.name for path in mail_folder().glob("*.eml")] == [f"{mail.id}.eml"]
    message, _ = read_mail(mail)
    assert message["Message-ID"].startswith(f"<{mail.id}@")


def test_a_mail_server_that_is_away_is_tried_again_and_given_up_at_last(dental, time_machine, monkeypatch):
    time_machine.move_to(1795284600.0, tick=False)
    a_call(dental)
    mail = Mail.objects.get()

    def away(*_, **__):
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr("ringtrue.notifications.mail_folder.MailFolder.send_messages", away)
    tries = 0
    for _ in range(3000):
        time_machine.shift(60)
        if mail.id in mailing.waiting():
            mailing.send(mail.id)
            tries += 1
        if Mail.objects.get().state == "failed":
            break
    assert tries == mailing.MOST_TRIES
    assert not mail_folder().exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_at_once_one_sends(request, tmp_path):
    import threading

    from django.db import connection

    from ringtrue.accounts.scoping import workspace_scope
    from ringtrue.agents.starters import starter_workspace

    made = starter_workspace("dental", owner_email="o@example.com", slug="mail-race")
    with workspace_scope(made.workspace.id):
        a_call(made)
        mail = Mail.objects.get()
    gate, sent = threading.Barrier(4), []

    def work() -> None:
        gate.wait()
        sent.append(mailing.send(mail.id))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(sent) == [False, False, False, True]


def test_erasing_the_person_removes_the_files_and_an_unsent_mail_is_never_sent(dental, django_capture_on_commit_callbacks):
    first, second = a_call(dental), a_call(dental)
    sent = sent_after(first)
    unsent = Mail.objects.get(call_id=second.id)
    assert (mail_folder() / sent.file_name).exists()
    with django_capture_on_commit_callbacks(execute=True):
        erase(first.subject, reason="request", requested_by="user:test")
    assert not list(mail_folder().glob("*"))
    assert not mailing.send(unsent.id)
    with system_scope("looking at all that is left"):
        assert not Mail.objects.exists()


def test_a_file_whose_worker_died_before_noting_it_is_removed_too(dental, django_capture_on_commit_callbacks):
    call = a_call(dental)
    mail = sent_after(call)
    Mail.objects.filter(id=mail.id).update(file_name="", state="sending")
    with django_capture_on_commit_callbacks(execute=True):
        removed = forget_mails_of(call.subject)
    assert removed.files == 1
    assert not list(mail_folder().glob("*"))
