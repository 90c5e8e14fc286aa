"""Making forms, changing them, putting them away, and saying who may fill them."""

from cpims.forms.actions.arranging import arrange_forms, bring_form_back
from cpims.forms.actions.forms import FormOutcome, change_form, create_form, put_forms, retire_form
from cpims.forms.actions.grants import put_form_grants
from cpims.forms.actions.lookups import retire_lookup
from cpims.forms.actions.modules import change_module

__all__ = [
    "FormOutcome",
    "arrange_forms",
    "bring_form_back",
    "change_form",
    "change_module",
    "create_form",
    "put_form_grants",
    "put_forms",
    "retire_form",
    "retire_lookup",
]
