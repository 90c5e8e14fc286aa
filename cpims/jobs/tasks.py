"""What is done in the background. Every task may come late and may come twice."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from cpims.accounts.actions.devices import send_unsent_notice, tell_of_unsent_work
from cpims.accounts.actions.invitations import TELL, send_invitation, tell_of_failed_invitation
from cpims.accounts.actions.resets import send_password_reset
from cpims.accounts.actions.tries import forget_old_tries
from cpims.attachments.actions import erase_bytes, sweep_uploads
from cpims.bulk.actions import TASK, run_bulk
from cpims.bulk.queries import find_left_alone
from cpims.lib.clock import now, today
from cpims.lib.errors import Conflict
from cpims.lib.queue import put_off
from cpims.promotion.actions.drift import TELL as TELL_OF_DRIFT
from cpims.promotion.actions.drift import raise_drift, tell_of_drift
from cpims.promotion.actions.pairing import check_pair
from cpims.promotion.queries.standing import find_pair
from cpims.records.actions.deriving import derive_records, is_behind, keep_field_indexes
from cpims.records.actions.ownership import follow_owner
from cpims.records.rules.kinds import KINDS
from cpims.rollout.actions.gates import look_at_gates
from cpims.sync.actions.receipts import forget_receipts
from cpims.tracing.actions.rematching import TASK as REMATCH
from cpims.tracing.actions.rematching import begin_rematch, run_rematch
from cpims.tracing.queries.rematching import find_rematch_left_alone
from cpims.tracing.rules.refusals import RematchUnderWay
from cpims.transitions.actions import raise_unanswered

STALLED_AFTER = 30
#: A mail server that is away is asked again for some two and a half hours.
INVITATION_TRIES: Final = 5
#: A job for many cases on which nobody has worked for so long is taken up again.
LEFT_ALONE = timedelta(minutes=5)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="rescue", pass_context=True)
async def rescue_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """Give jobs whose worker died back to the queue."""
    manager = app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
        await manager.retry_job(job)


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="forget_receipts")
def forget_old_receipts(timestamp: int) -> None:
    """Throw away receipts of deliveries older than 30 days."""
    forget_receipts(at=now())


@app.task(name="accounts.send_password_reset", retry=5)
def mail_password_link(user_id: int) -> None:
    """Mail somebody the link she asked for; nobody was found when the number is 0."""
    send_password_reset(user_id=user_id, at=now())


@app.task(
    name="accounts.send_welcome",
    retry=RetryStrategy(max_attempts=INVITATION_TRIES, exponential_wait=6),
    pass_context=True,
)
def mail_invitation(context: JobContext, user_id: int) -> None:
    """Mail somebody the link of her invitation; after the last try it is told that it did not arrive."""
    send_invitation(user_id=user_id, at=now(), last=context.job.attempts >= INVITATION_TRIES)


@app.task(name=TELL_OF_DRIFT, retry=5)
def mail_drift(drift_id: int, user_id: int) -> None:
    """Mail an administrator that the configuration was changed by hand."""
    tell_of_drift(drift_id=drift_id, user_id=user_id)


@app.task(name=TELL, retry=5)
def mail_failed_invitation(invitation_id: int) -> None:
    """Mail whoever invited somebody that the invitation did not arrive."""
    tell_of_failed_invitation(invitation_id=invitation_id)


@app.task(name="records.follow_owner", retry=10)
def let_records_follow(user_id: int) -> None:
    """Bring somebody's records up to the team, agency and place where she stands now."""
    follow_owner(user_id=user_id, at=now())


@app.periodic(cron="41 3 * * *")
@app.task(queueing_lock="forget_tries")
def forget_tries(timestamp: int) -> None:
    """Throw away counts of old tries to sign in."""
    forget_old_tries(at=now())


@app.periodic(cron="23 * * * *")
@app.task(queueing_lock="unsent_work")
def look_for_unsent_work(timestamp: int) -> None:
    """Each morning of the instance's day: work that waits on a device for too long is told to the worker's supervisors."""
    tell_of_unsent_work(at=now())


@app.periodic(cron="9 * * * *")
@app.task(queueing_lock="unanswered")
def look_for_unanswered(timestamp: int) -> None:
    """Referrals and transfers that have waited too long for an answer are told once."""
    raise_unanswered(actor=None, at=now())


@app.periodic(cron="33 * * * *")
@app.task(queueing_lock="sweep_files")
def sweep_files(timestamp: int) -> None:
    """Throw away files that were sent and never attached, and erase bytes that nothing refers to."""
    sweep_uploads(at=now())
    erase_bytes()


@app.task(name="accounts.tell_of_unsent_work", retry=5)
def mail_unsent_work(user_id: int, devices: list[str]) -> None:
    """Mail a supervisor on which devices of her workers work waits."""
    send_unsent_notice(user_id=user_id, devices=devices)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="derive_records", lock="derive_records")
def let_records_follow_forms(timestamp: int) -> None:
    """After a change of forms that lists and filters feel, derive the records anew; cut off, it goes on next minute."""
    for kind in KINDS:
        if is_behind(kind, at=now()):
            for _ in derive_records(kind=kind, at=now()):
                pass
        keep_field_indexes(kind=kind)


@app.task(name=TASK, retry=5)
def go_on_with_many(job: str) -> None:
    """Do what somebody asked for many cases: some at a time, so that no other work waits behind it."""
    if run_bulk(job_id=UUID(job), clock=now):
        put_off(TASK, job=job)


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="bulk_left_alone")
def take_many_up_again(timestamp: int) -> None:
    """Jobs for many cases that stopped on the way, however that came, go on."""
    for job in find_left_alone(before=now() - LEFT_ALONE):
        put_off(TASK, job=str(job))


@app.periodic(cron="7 2 * * *")
@app.task(queueing_lock="rematch_nightly")
def compare_all_traces(timestamp: int) -> None:
    """Each night all children who are looked for are compared with all cases anew."""
    with suppress(RematchUnderWay):
        begin_rematch(actor=None, at=now())


@app.task(name=REMATCH, retry=5)
def go_on_with_traces(run: str) -> None:
    """Compare some of the children who are looked for, so that no other work waits behind it."""
    if run_rematch(run_id=UUID(run), clock=now):
        put_off(REMATCH, run=run)


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="rematch_left_alone")
def take_traces_up_again(timestamp: int) -> None:
    """A run over all traces that stopped on the way, however that came, goes on."""
    run = find_rematch_left_alone(before=now() - LEFT_ALONE)
    if run is not None:
        put_off(REMATCH, run=str(run))


@app.periodic(cron="47 * * * *")
@app.task(queueing_lock="look_at_gates")
def look_at_gates_of_rollout(timestamp: int) -> None:
    """Each hour the gates of the rollout are looked at anew: what turned is written down, whoever looks at the page."""
    look_at_gates(actor=None, at=now(), today=today(settings.ENVIRONMENT.time_zone))


@app.periodic(cron="13 * * * *")
@app.task(queueing_lock="drift")
def look_for_drift(timestamp: int) -> None:
    """Where configuration comes by promotion only, what was changed by another road raises the alarm."""
    raise_drift(actor=None, at=now())


@app.periodic(cron="29 1 * * *")
@app.task(queueing_lock="check_pair")
def look_at_the_other_instance(timestamp: int) -> None:
    """Each night the other instance is asked how it stands; one that does not answer is asked again tomorrow."""
    if find_pair() is not None:
        with suppress(Conflict):
            check_pair(actor=None, at=now())
