"""What is read within a snapshot stands still, whatever others commit meanwhile."""

import threading

import pytest
from django.db import connection

from accounts.models import Department
from governance.lib.snapshots import snapshot


def add_department():
    Department.objects.create(code="D-new", name="新部门", kind="functional")
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_snapshot_does_not_see_what_is_committed_meanwhile():
    with snapshot():
        before = Department.objects.count()
        other = threading.Thread(target=add_department)
        other.start()
        other.join()
        assert Department.objects.count() == before
    assert Department.objects.count() == before + 1


@pytest.mark.django_db
def test_snapshot_within_a_transaction_is_that_transaction():
    with snapshot():
        Department.objects.create(code="D-new", name="新部门", kind="functional")
    assert Department.objects.count() == 1
