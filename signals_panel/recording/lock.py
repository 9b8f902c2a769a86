"""The recorder's lock.

Re-entrant: the garbage collector may run a destructor of the user's while it is held, which
may send, query, or end a recording in turn. And one for all: so two can't be waited for in
different orders.
"""

import threading

lock = threading.RLock()
