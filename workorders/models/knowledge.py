"""The knowledge base: what departments answer to what is asked again and again."""

from datetime import date

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from workorders.enums import KnowledgeState
from workorders.models.catalogue import Category


class KnowledgeEntry(models.Model):
    """A question with the answer its department stands for, until a day."""

    question = models.CharField(_("问题"), max_length=200)
    answer = models.TextField(_("答复"), max_length=4000)
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="+", verbose_name=_("负责部门")
    )
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("类别")
    )
    valid_until = models.DateField(
        _("有效期至"), null=True, blank=True, help_text=_("当日仍有效；不填为长期有效")
    )
    state = models.CharField(
        _("状态"), max_length=10, choices=KnowledgeState.choices, default=KnowledgeState.DRAFT
    )
    updated_at = models.DateTimeField(_("更新时间"), auto_now=True)
    is_demo = models.BooleanField(_("演示数据"), default=False, editable=False)
    # Overlapping pieces of the words, cut by the database; see `selectors.pieces`.
    grams = models.GeneratedField(
        expression=models.Func(
            models.Func(
                "question", "answer", template="(%(expressions)s)", arg_joiner=" || ' ' || "
            ),
            function="order_grams",
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("问答")
        verbose_name_plural = _("问答库")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=KnowledgeState.values), name="knowledge_state_known"
            ),
        ]
        indexes = [
            # Search for any part of question and answer.
            GinIndex(fields=["grams"], name="knowledge_grams"),
        ]

    def __str__(self) -> str:
        return self.question

    def is_expired(self, on: date) -> bool:
        return self.valid_until is not None and self.valid_until < on


class OutdatedMark(models.Model):
    """A reader's word that an entry no longer holds, until whoever keeps it has looked."""

    entry = models.ForeignKey(
        KnowledgeEntry, models.CASCADE, related_name="marks", verbose_name=_("问答")
    )
    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("反馈人"))
    note = models.CharField(_("说明"), max_length=200, blank=True)
    at = models.DateTimeField(_("时间"))
    settled_at = models.DateTimeField(_("核对时间"), null=True)

    class Meta:
        verbose_name = _("过时反馈")
        verbose_name_plural = _("过时反馈")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "user"],
                condition=models.Q(settled_at__isnull=True),
                name="outdatedmark_once_until_settled",
            )
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.user_id}"
