"""Objects to words: signals, senders, receivers, errors, parameters, source lines.

Everything here is called from inside the observed program, so every function

- returns plain strings, numbers, or small objects that hold only those;
- never raises an ``Exception``, whatever it is given;
- never runs code of the object described: no ``repr()``, no ``str()``, no attribute
  that may be a property; types are read through ``type`` itself.

Words are made once per object and kept until the object dies. No object described is
kept alive.
"""

from signals_panel.describe.callsites import CallSite, find_site
from signals_panel.describe.faults import (
    came_through,
    cause_of,
    context_of,
    is_interruption,
    is_own_fault,
)
from signals_panel.describe.modules import held_by_modules, modules_by_file, namespace
from signals_panel.describe.named import Named, Parameters, named, parameters_of
from signals_panel.describe.objects import (
    WordCache,
    class_dict,
    class_module,
    class_mro,
    class_name,
    clean,
    cut,
    function_path,
    options_of,
    own_dict,
    short_name,
)
from signals_panel.describe.owners import is_project_file
from signals_panel.describe.paths import short_path
from signals_panel.describe.receivers import UNNAMED, ReceiverName, method_name, receiver_name
from signals_panel.describe.said import said
from signals_panel.describe.senders import (
    NO_SENDER,
    UNNAMED_SENDER,
    known_sender_names,
    sender_name,
)
from signals_panel.describe.signals import (
    SignalName,
    defined_signals,
    known_signal_names,
    signal_name,
)
from signals_panel.describe.source import Place, SourceLine, line_number, parsed
from signals_panel.describe.stacks import (
    Stack,
    instruction_in,
    receiver_callers,
    stack_from,
    traceback_places,
)
from signals_panel.describe.stored import stored, text_of
from signals_panel.describe.values import (
    error_text,
    instance_key,
    keep_params,
    plain_arguments,
    plain_params,
    plain_text,
    shorten,
    shown_params,
    sql_text,
)

__all__ = [
    "NO_SENDER",
    "UNNAMED",
    "UNNAMED_SENDER",
    "CallSite",
    "Named",
    "Parameters",
    "Place",
    "ReceiverName",
    "SignalName",
    "SourceLine",
    "Stack",
    "WordCache",
    "came_through",
    "cause_of",
    "class_dict",
    "class_module",
    "class_mro",
    "class_name",
    "clean",
    "context_of",
    "cut",
    "defined_signals",
    "error_text",
    "find_site",
    "function_path",
    "held_by_modules",
    "instance_key",
    "instruction_in",
    "is_interruption",
    "is_own_fault",
    "is_project_file",
    "keep_params",
    "known_sender_names",
    "known_signal_names",
    "line_number",
    "method_name",
    "modules_by_file",
    "named",
    "namespace",
    "options_of",
    "own_dict",
    "parameters_of",
    "parsed",
    "plain_arguments",
    "plain_params",
    "plain_text",
    "receiver_callers",
    "receiver_name",
    "said",
    "sender_name",
    "short_name",
    "short_path",
    "shorten",
    "shown_params",
    "signal_name",
    "sql_text",
    "stack_from",
    "stored",
    "text_of",
    "traceback_places",
]
